using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Silo.Provisioning;

/// <summary>The digest algorithms that users can have, and what is kept instead of a secret (RFC 7616 §3.4.2, RFC 8760).</summary>
internal static class DigestHashing
{
    public const string Sha256 = "SHA-256";

    /// <summary>Weak, but the only one that many desk phones know; RFC 8760 lets a server offer it after a stronger one.</summary>
    public const string Md5 = "MD5";

    public static readonly ImmutableArray<string> Algorithms = [Sha256, Md5];

    public static int SizeOf(string algorithm) => algorithm == Sha256 ? SHA256.HashSizeInBytes : MD5.HashSizeInBytes;

    /// <summary>H(extension:domain:secret) by each algorithm, one after the other.</summary>
    public static byte[] Hash(ImmutableArray<string> algorithms, string extension, string domain, string secret)
    {
        var text = Encoding.UTF8.GetBytes($"{extension}:{domain}:{secret}");
        var hashes = new byte[algorithms.Sum(SizeOf)];
        var at = 0;
        foreach (var algorithm in algorithms)
        {
            at += algorithm == Sha256 ? SHA256.HashData(text, hashes.AsSpan(at)) : MD5.HashData(text, hashes.AsSpan(at));
        }

        CryptographicOperations.ZeroMemory(text);
        return hashes;
    }
}
