using System.Security.Cryptography;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace Webphone.Media.Srtp;

/// <summary>By the processor's own AES and carry-less multiplication: for packets of a telephone call a third of the time that a library's calls take.</summary>
internal sealed class ProcessorGcm : GcmCipher
{
    private const int NonceSize = 12;

    /// <summary>The counter of the block that hides the tag; data begins with the next.</summary>
    private const ushort TagBlock = 1;

    private readonly AesCounter _counter;
    private readonly GaloisHash _hash;

    public ProcessorGcm(ReadOnlySpan<byte> key)
    {
        _counter = new AesCounter(key);
        Span<byte> hashKey = stackalloc byte[GaloisHash.Size];
        Span<byte> zero = stackalloc byte[GaloisHash.Size];
        hashKey.Clear();
        zero.Clear();
        _counter.Apply(zero, hashKey);
        _hash = new GaloisHash(hashKey);
        CryptographicOperations.ZeroMemory(hashKey);
    }

    public static bool IsSupported => AesX86.IsSupported && GaloisHash.IsSupported;

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        Span<byte> iv = stackalloc byte[GaloisHash.Size];
        WriteIv(nonce, iv);
        _counter.Apply(iv, data, TagBlock + 1);
        _hash.Compute(associated, data, tag);
        _counter.Apply(iv, tag[..TagSize], TagBlock);
    }

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> iv = stackalloc byte[GaloisHash.Size];
        Span<byte> expected = stackalloc byte[TagSize];
        WriteIv(nonce, iv);
        _hash.Compute(associated, data, expected);
        _counter.Apply(iv, expected, TagBlock);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
            return false;
        _counter.Apply(iv, data, TagBlock + 1);
        return true;
    }

    public override void Dispose() => _counter.Dispose();

    private static void WriteIv(ReadOnlySpan<byte> nonce, Span<byte> iv)
    {
        iv.Clear();
        nonce[..NonceSize].CopyTo(iv);
    }
}
