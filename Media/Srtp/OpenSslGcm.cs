using Webphone.Media.Dtls;

namespace Webphone.Media.Srtp;

/// <summary>By OpenSSL, asked directly: the platform's own class throws at a wrong tag, which strangers can send by the thousand.</summary>
internal sealed unsafe class OpenSslGcm : GcmCipher
{
    private nint _seal;
    private nint _open;

    public OpenSslGcm(ReadOnlySpan<byte> key)
    {
        var cipher = key.Length == 32 ? OpenSslCipher.Aes256Gcm() : OpenSslCipher.Aes128Gcm();
        _seal = OpenSsl.Made(OpenSslCipher.New(), "a cipher");
        _open = OpenSsl.Made(OpenSslCipher.New(), "a cipher");
        fixed (byte* bytes = key)
        {
            OpenSsl.Check(OpenSslCipher.EncryptKey(_seal, cipher, 0, bytes, null) == 1, "a key");
            OpenSsl.Check(OpenSslCipher.DecryptKey(_open, cipher, 0, bytes, null) == 1, "a key");
        }
    }

    ~OpenSslGcm() => Free();

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
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

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
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

    public override void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
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
