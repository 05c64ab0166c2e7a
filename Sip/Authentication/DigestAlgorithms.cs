using System.Security.Cryptography;
using System.Text;

namespace Webphone.Sip.Authentication;

/// <summary>Tokens, sizes and hashes of the digest algorithms.</summary>
public static class DigestAlgorithms
{
    /// <summary>The longest hash in bytes.</summary>
    public const int MaxHashBytes = 32;

    /// <summary>An empty token means MD5 (RFC 7616 §3.3).</summary>
    public static DigestAlgorithm Parse(ReadOnlySpan<byte> token)
    {
        if (token.IsEmpty || Ascii.EqualsIgnoreCase(token, "MD5"u8))
            return DigestAlgorithm.Md5;
        if (Ascii.EqualsIgnoreCase(token, "SHA-256"u8))
            return DigestAlgorithm.Sha256;
        return Ascii.EqualsIgnoreCase(token, "SHA-512-256"u8) ? DigestAlgorithm.Sha512Half : DigestAlgorithm.Unknown;
    }

    public static ReadOnlySpan<byte> Token(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5"u8,
        DigestAlgorithm.Sha256 => "SHA-256"u8,
        DigestAlgorithm.Sha512Half => "SHA-512-256"u8,
        _ => default,
    };

    public static int HashBytes(this DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? 16 : 32;

    /// <summary>HA1 = H(user ":" realm ":" password): what a store keeps instead of the password.</summary>
    public static byte[] Ha1(this DigestAlgorithm algorithm, string user, string realm, string password)
    {
        var hash = new byte[algorithm.HashBytes()];
        algorithm.Hash(Encoding.UTF8.GetBytes($"{user}:{realm}:{password}"), hash);
        return hash;
    }

    /// <summary>MD5 is broken as a hash, but it is the digest of RFC 2617, which phones still speak.</summary>
    internal static void Hash(this DigestAlgorithm algorithm, ReadOnlySpan<byte> text, Span<byte> destination)
    {
        switch (algorithm)
        {
            case DigestAlgorithm.Md5:
                MD5.HashData(text, destination);
                break;
            case DigestAlgorithm.Sha256:
                SHA256.HashData(text, destination);
                break;
            case DigestAlgorithm.Sha512Half:
                Sha512Half.Hash(text, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null);
        }
    }
}
