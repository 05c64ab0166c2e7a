using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>Searches the head of a message a vector at a time; the last few bytes of a message, which no whole vector covers, one search at a time.</summary>
internal static class HeadScanner
{
    /// <summary>Where the first control character other than a tab stands, at or after the position; -1 if there is none. The line end is among them.</summary>
    public static int IndexOfControl(ReadOnlySpan<byte> text, int position)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        for (; position <= text.Length - Vector256<byte>.Count; position += Vector256<byte>.Count)
        {
            var controls = Controls(Vector256.LoadUnsafe(ref first, (nuint)position));
            if (controls != 0)
                return position + BitOperations.TrailingZeroCount(controls);
        }

        var rest = text[position..].IndexOfAny(SipCharacters.Controls);
        return rest < 0 ? -1 : position + rest;
    }

    /// <summary>The first colon and the first control character of a line that starts at the position; a colon is looked for in the first vector only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfControl(ReadOnlySpan<byte> text, int position, out int nameLength)
    {
        if (position > text.Length - Vector256<byte>.Count)
        {
            nameLength = -1;
            return IndexOfControl(text, position);
        }

        var start = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)position);
        var colons = Vector256.Equals(start, Vector256.Create((byte)':')).ExtractMostSignificantBits();
        nameLength = BitOperations.TrailingZeroCount(colons);
        var controls = Controls(start);
        return controls == 0 ? IndexOfControl(text, position + Vector256<byte>.Count) : position + BitOperations.TrailingZeroCount(controls);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Controls(Vector256<byte> bytes)
    {
        var low = Vector256.LessThan(bytes, Vector256.Create((byte)' '));
        var controls = Vector256.AndNot(low, Vector256.Equals(bytes, Vector256.Create((byte)'\t'))) | Vector256.Equals(bytes, Vector256.Create((byte)0x7F));
        return controls.ExtractMostSignificantBits();
    }
}
