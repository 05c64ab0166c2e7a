using System.Security.Cryptography;

namespace Webphone.Media.Srtp;

/// <summary>By the platform's own class, which throws at a wrong tag: so what counter mode gives is sealed again and must bear the same tag.</summary>
internal sealed class PlatformGcm(ReadOnlySpan<byte> key) : GcmCipher
{
    private readonly AesGcm _platform = new(key, TagSize);
    private readonly AesCounter _counter = new(key);

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag) =>
        _platform.Encrypt(nonce, data, data, tag, associated);

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        nonce.CopyTo(iv);
        _counter.Apply(iv, data, first: 2);
        Span<byte> again = stackalloc byte[data.Length];
        Span<byte> expected = stackalloc byte[TagSize];
        _platform.Encrypt(nonce, data, again, expected, associated);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    public override void Dispose()
    {
        _platform.Dispose();
        _counter.Dispose();
    }
}
