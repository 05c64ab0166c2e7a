using System.Buffers.Text;

namespace Webphone.Sip.EventPackages;

/// <summary>
/// A document that is the same for all who subscribed, but for the number in it that counts what each of them was sent: written once, and numbered for each.
/// </summary>
/// <param name="head">What stands before the number; all of it where the package has none.</param>
/// <param name="tail">What stands behind it.</param>
/// <param name="isNumbered">Whether there is a number.</param>
public sealed class EventDocument(byte[] head, byte[] tail, bool isNumbered)
{
    private const int LongestNumber = 10;

    /// <summary>Whether it says the same as another, whatever their numbers.</summary>
    public bool Equals(EventDocument? other) => other is not null && Head.SequenceEqual(other.Head) && Tail.SequenceEqual(other.Tail);

    public override bool Equals(object? obj) => Equals(obj as EventDocument);

    public override int GetHashCode() => Head.Length ^ Tail.Length;

    /// <summary>The document as the one of this number.</summary>
    public byte[] Numbered(uint number)
    {
        if (!isNumbered)
            return head;
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return [.. head, .. digits[..length], .. tail];
    }

    private ReadOnlySpan<byte> Head => head;

    private ReadOnlySpan<byte> Tail => tail;
}
