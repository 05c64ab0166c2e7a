using System.Globalization;
using System.Security.Cryptography;

namespace Webphone.Media.Dtls;

/// <summary>The hash of a certificate as descriptions carry it (RFC 8122 section 5). SHA-1 and MD5 vouch for nothing and are not taken.</summary>
public sealed class DtlsFingerprint : IEquatable<DtlsFingerprint>
{
    /// <summary>Bytes of the longest.</summary>
    public const int MaxSize = 64;

    private readonly byte[] _hash;

    private DtlsFingerprint(HashAlgorithmName algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        _hash = hash;
    }

    public HashAlgorithmName Algorithm { get; }

    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The SHA-256 of a certificate.</summary>
    public static DtlsFingerprint Of(ReadOnlySpan<byte> certificate) => new(HashAlgorithmName.SHA256, SHA256.HashData(certificate));

    /// <summary>Reads the value of a=fingerprint; false for a hash that we do not take or one that is not written as it should be.</summary>
    public static bool TryParse(string? value, out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        var text = (value ?? "").AsSpan().Trim();
        var space = text.IndexOf(' ');
        if (space < 0 || FindAlgorithm(text[..space]) is not var (algorithm, size))
            return false;
        var hex = text[(space + 1)..].Trim();
        if (hex.Length != 3 * size - 1)
            return false;
        var hash = new byte[size];
        for (var i = 0; i < size; i++)
        {
            if ((i > 0 && hex[3 * i - 1] != ':') || !byte.TryParse(hex.Slice(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash[i]))
                return false;
        }
        fingerprint = new DtlsFingerprint(algorithm, hash);
        return true;
    }

    /// <summary>The value of a=fingerprint.</summary>
    public override string ToString() => $"{NameOf(Algorithm)} {string.Join(':', _hash.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)))}";

    public bool Equals(DtlsFingerprint? other) => other is not null && Algorithm == other.Algorithm && _hash.AsSpan().SequenceEqual(other._hash);

    public override bool Equals(object? obj) => Equals(obj as DtlsFingerprint);

    public override int GetHashCode() => BitConverter.ToInt32(_hash);

    private static (HashAlgorithmName Algorithm, int Size)? FindAlgorithm(ReadOnlySpan<char> name) => name switch
    {
        _ when name.Equals("sha-256", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA256, 32),
        _ when name.Equals("sha-384", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA384, 48),
        _ when name.Equals("sha-512", StringComparison.OrdinalIgnoreCase) => (HashAlgorithmName.SHA512, 64),
        _ => null,
    };

    private static string NameOf(HashAlgorithmName algorithm) =>
        algorithm == HashAlgorithmName.SHA256 ? "sha-256" : algorithm == HashAlgorithmName.SHA384 ? "sha-384" : "sha-512";
}
