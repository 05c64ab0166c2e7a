using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Webphone.Media.Dtls;

/// <summary>
/// A self-signed certificate with an ECDSA P-256 key, for one run of the program: what makes it ours is its fingerprint in our descriptions, not its name.
/// </summary>
public sealed class DtlsCertificate
{
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private DtlsCertificate(byte[] der, byte[] key)
    {
        Der = der;
        Key = key;
        Fingerprint = DtlsFingerprint.Of(der);
    }

    public DtlsFingerprint Fingerprint { get; }

    internal byte[] Der { get; }

    /// <summary>The private key as RFC 5915 writes it.</summary>
    internal byte[] Key { get; }

    /// <param name="now">It is valid from a day before, for peers whose clock is late.</param>
    public static DtlsCertificate Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=webphone", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now - Backdated, now + Lifetime);
        return new DtlsCertificate(certificate.RawData, key.ExportECPrivateKey());
    }
}
