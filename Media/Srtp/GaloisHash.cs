using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Webphone.Media.Srtp;

/// <summary>
/// GHASH (NIST SP 800-38D section 6.4) by the processor's carry-less multiplication, computed as POLYVAL over reversed bytes (RFC 8452 appendix A), whose
/// reduction is two multiplications. Takes the same time whatever the data is. Thread-safe.
/// </summary>
internal sealed class GaloisHash
{
    public const int Size = 16;

    /// <summary>x^127 + x^126 + x^121 + 1, without x^128 (RFC 8452 section 3).</summary>
    private static readonly Vector128<ulong> Polynomial = Vector128.Create(1UL, 0xC200000000000000);

    private static readonly Vector128<byte> Reversed = Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    private readonly Vector128<ulong> _key;

    /// <param name="key">What the block cipher makes of sixteen zeros.</param>
    public GaloisHash(ReadOnlySpan<byte> key) => _key = Doubled(Load(key));

    public static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>The hash of both texts, each filled up with zeros, and of their lengths.</summary>
    public void Compute(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> data, Span<byte> digest)
    {
        var sum = Add(Add(Vector128<ulong>.Zero, associated), data);
        sum = Multiply(sum ^ Vector128.Create((ulong)data.Length * 8, (ulong)associated.Length * 8));
        Vector128.Shuffle(sum.AsByte(), Reversed).CopyTo(digest);
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> block) => Vector128.Shuffle(Vector128.Create(block), Reversed).AsUInt64();

    /// <summary>Times x, which makes the key of GHASH one of POLYVAL.</summary>
    private static Vector128<ulong> Doubled(Vector128<ulong> key)
    {
        var (low, high) = (key.GetElement(0), key.GetElement(1));
        var doubled = Vector128.Create(low << 1, high << 1 | low >> 63);
        return (high >> 63) == 0 ? doubled : doubled ^ Polynomial;
    }

    private Vector128<ulong> Add(Vector128<ulong> sum, ReadOnlySpan<byte> text)
    {
        for (; text.Length >= Size; text = text[Size..])
            sum = Multiply(sum ^ Load(text));
        if (text.IsEmpty)
            return sum;
        Span<byte> last = stackalloc byte[Size];
        last.Clear();
        text.CopyTo(last);
        return Multiply(sum ^ Load(last));
    }

    /// <summary>Times the key and x^-128, in the field of POLYVAL.</summary>
    private Vector128<ulong> Multiply(Vector128<ulong> sum)
    {
        var low = Pclmulqdq.CarrylessMultiply(sum, _key, 0x00);
        var high = Pclmulqdq.CarrylessMultiply(sum, _key, 0x11);
        var middle = Pclmulqdq.CarrylessMultiply(sum, _key, 0x01) ^ Pclmulqdq.CarrylessMultiply(sum, _key, 0x10);
        low ^= Sse2.ShiftLeftLogical128BitLane(middle, 8);
        high ^= Sse2.ShiftRightLogical128BitLane(middle, 8);
        low = Fold(Fold(low));
        return high ^ low;
    }

    private static Vector128<ulong> Fold(Vector128<ulong> value) =>
        Sse2.Shuffle(value.AsUInt32(), 0b01_00_11_10).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(value, Polynomial, 0x10);
}
