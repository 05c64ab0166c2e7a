using Webphone.Media.Dtls;

namespace Webphone.Media.Srtp;

/// <summary>AES-GCM (NIST SP 800-38D) under one key with nonces of twelve bytes, in place and without allocation. Not thread-safe.</summary>
internal abstract class GcmCipher : IDisposable
{
    public const int TagSize = 16;

    /// <summary>Most bytes that <see cref="TryOpen"/> takes.</summary>
    public const int MaxData = 2048;

    /// <summary>The quickest that this machine has.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    public static GcmCipher Make(ReadOnlySpan<byte> key)
    {
        if (ProcessorGcm.IsSupported)
            return new ProcessorGcm(key);
        return OpenSsl.IsAvailable ? new OpenSslGcm(key) : new PlatformGcm(key);
    }

    /// <param name="nonce">Twelve bytes.</param>
    /// <param name="associated">Covered by the tag and not encrypted.</param>
    /// <param name="data">Encrypted in place.</param>
    /// <param name="tag">Written.</param>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag);

    /// <summary>Decrypts in place; false when the tag is wrong, and what the data is then has no meaning.</summary>
    public abstract bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag);

    public abstract void Dispose();
}
