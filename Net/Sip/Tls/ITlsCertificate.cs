using System.Net.Security;

namespace Webphone.Net.Sip.Tls;

/// <summary>Where TLS listeners get the certificate that they present; asked at every handshake, so that it can change while they run.</summary>
public interface ITlsCertificate
{
    SslStreamCertificateContext Current { get; }
}
