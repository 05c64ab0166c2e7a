using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Webphone.Net.Sip.Tls;

/// <summary>A certificate of our own making, for a trial without a real one: phones must be told to accept it.</summary>
public sealed class SelfSignedCertificate : ITlsCertificate
{
    /// <param name="names">Domains and addresses that it is for; the first is its subject.</param>
    /// <param name="now">Valid from a day before this for a year.</param>
    public SelfSignedCertificate(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var certificate = Make(names, now);
        Certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        Current = SslStreamCertificateContext.Create(Certificate, null, offline: true);
    }

    public X509Certificate2 Certificate { get; }

    public SslStreamCertificateContext Current { get; }

    /// <summary>Such a certificate and its key as PEM, to be kept in files.</summary>
    public static (string Certificate, string Key) ToPem(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var certificate = Make(names, now);
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Make(IReadOnlyList<string> names, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(names);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(names[0]);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(SubjectNames(names));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }

    private static X509Extension SubjectNames(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else
                builder.AddDnsName(name);
        }
        return builder.Build();
    }
}
