using System.Buffers.Text;

namespace Webphone.Sip.Transactions;

/// <summary>
/// Makes tags, branches and Call-IDs that cannot be guessed and do not repeat: the keyed hash of a counter. The seed is the only randomness,
/// so that a run with the same seed makes the same identifiers.
/// </summary>
public sealed class SipIdentifiers(HashSeed seed)
{
    /// <summary>The mark of a branch that follows RFC 3261.</summary>
    public static ReadOnlySpan<byte> BranchCookie => "z9hG4bK"u8;

    /// <summary>Length of a branch, in bytes.</summary>
    public const int BranchLength = 7 + 16;

    /// <summary>Length of a tag, in bytes: 64 bits.</summary>
    public const int TagLength = 16;

    /// <summary>Length of a Call-ID, in bytes: 128 bits.</summary>
    public const int CallIdLength = 32;

    private ulong _counter;

    /// <summary>Writes a new branch, <see cref="BranchLength"/> bytes.</summary>
    public void Branch(Span<byte> destination)
    {
        BranchCookie.CopyTo(destination);
        Hex((ulong)Next(), destination[BranchCookie.Length..]);
    }

    /// <summary>A new tag.</summary>
    public byte[] Tag()
    {
        var tag = new byte[TagLength];
        Hex((ulong)Next(), tag);
        return tag;
    }

    /// <summary>A new Call-ID.</summary>
    public byte[] CallId()
    {
        var id = new byte[CallIdLength];
        var value = Next();
        Hex((ulong)(value >> 64), id);
        Hex((ulong)value, id.AsSpan(16));
        return id;
    }

    /// <summary>A first CSeq or RSeq: random, 1 to 2^16, so that it stays far below 2^31.</summary>
    public uint SequenceStart() => (uint)((ulong)Next() & 0xFFFF) + 1;

    /// <summary>A random number from 0 to below the bound.</summary>
    public int Below(int bound) => (int)((ulong)Next() % (uint)bound);

    private UInt128 Next()
    {
        var hash = new KeyedHash(seed);
        hash.Add(++_counter);
        return hash.Finish();
    }

    private static void Hex(ulong value, Span<byte> destination) => Utf8Formatter.TryFormat(value, destination, out _, new('x', 16));
}
