using System.Security.Cryptography;
using Webphone.Media.Dtls;

namespace Webphone.Media.Srtp;

/// <summary>
/// AES-GCM under one key, in place and without allocation. The platform's own class throws at a wrong tag, which strangers can send by the thousand, so
/// OpenSSL is asked directly where it is there. Elsewhere what counter mode gives is sealed again and must bear the same tag. Not thread-safe.
/// </summary>
internal sealed unsafe class GcmCipher : IDisposable
{
    public const int TagSize = 16;

    /// <summary>Most bytes that <see cref="TryOpen"/> takes.</summary>
    public const int MaxData = 2048;

    private readonly AesGcm? _platform;
    private readonly AesCounter? _counter;
    private nint _seal;
    private nint _open;

    /// <param name="key">16 or 32 bytes.</param>
    /// <param name="useOpenSsl">False takes the platform's class even where OpenSSL is there.</param>
    public GcmCipher(ReadOnlySpan<byte> key, bool useOpenSsl = true)
    {
        if (!useOpenSsl || !OpenSsl.IsAvailable)
        {
            _platform = new AesGcm(key, TagSize);
            _counter = new AesCounter(key);
            return;
        }
        var cipher = key.Length == 32 ? OpenSslCipher.Aes256Gcm() : OpenSslCipher.Aes128Gcm();
        _seal = OpenSsl.Made(OpenSslCipher.New(), "a cipher");
        _open = OpenSsl.Made(OpenSslCipher.New(), "a cipher");
        fixed (byte* bytes = key)
        {
            OpenSsl.Check(OpenSslCipher.EncryptKey(_seal, cipher, 0, bytes, null) == 1, "a key");
            OpenSsl.Check(OpenSslCipher.DecryptKey(_open, cipher, 0, bytes, null) == 1, "a key");
        }
    }

    ~GcmCipher() => Free();

    /// <param name="nonce">Twelve bytes.</param>
    /// <param name="associated">Covered by the tag and not encrypted.</param>
    /// <param name="data">Encrypted in place.</param>
    /// <param name="tag">Written.</param>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        if (_platform is not null)
        {
            _platform.Encrypt(nonce, data, data, tag, associated);
            return;
        }
        int written;
        var spare = stackalloc byte[TagSize];
        fixed (byte* iv = nonce, header = associated, bytes = data, end = tag)
        {
            OpenSsl.Check(
                OpenSslCipher.EncryptInit(_seal, 0, 0, null, iv) == 1
                && OpenSslCipher.EncryptUpdate(_seal, null, &written, header, associated.Length) == 1
                && OpenSslCipher.EncryptUpdate(_seal, bytes, &written, bytes, data.Length) == 1
                && OpenSslCipher.EncryptFinal(_seal, spare, &written) == 1
                && OpenSslCipher.Control(_seal, OpenSslCipher.GetTag, TagSize, end) == 1, "to seal");
        }
    }

    /// <summary>Decrypts in place; false when the tag is wrong, and what the data is then has no meaning.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        if (_platform is not null)
            return TryOpenPlatform(nonce, associated, data, tag);
        int written;
        var spare = stackalloc byte[TagSize];
        fixed (byte* iv = nonce, header = associated, bytes = data, end = tag)
        {
            return OpenSslCipher.DecryptInit(_open, 0, 0, null, iv) == 1
                && OpenSslCipher.DecryptUpdate(_open, null, &written, header, associated.Length) == 1
                && OpenSslCipher.DecryptUpdate(_open, bytes, &written, bytes, data.Length) == 1
                && OpenSslCipher.Control(_open, OpenSslCipher.SetTag, TagSize, end) == 1
                && OpenSslCipher.DecryptFinal(_open, spare, &written) == 1;
        }
    }

    public void Dispose()
    {
        _platform?.Dispose();
        _counter?.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private bool TryOpenPlatform(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        nonce.CopyTo(iv);
        _counter!.Apply(iv, data, first: 2);
        Span<byte> again = stackalloc byte[data.Length];
        Span<byte> expected = stackalloc byte[TagSize];
        _platform!.Encrypt(nonce, data, again, expected, associated);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    private void Free()
    {
        if (_seal != 0)
            OpenSslCipher.Free(_seal);
        if (_open != 0)
            OpenSslCipher.Free(_open);
        (_seal, _open) = (0, 0);
    }
}
