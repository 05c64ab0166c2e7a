using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Tls;
using Webphone.Net.Sip.Udp;
using Webphone.Sip.Messages;

namespace Webphone.Net.Sip;

/// <summary>How SIP meets the network.</summary>
public sealed class SipNetworkSettings
{
    public IReadOnlyList<SipListenPoint> Listen { get; set; } = [];

    /// <summary>
    /// The host or address that phones reach us at, for Via and Contact, where it is not the one that packets leave from (NAT, containers); default none.
    /// </summary>
    public string? AdvertisedHost { get; set; }

    /// <summary>Networks that the limits per address do not bind.</summary>
    public TrustedNetworks Trusted { get; set; } = TrustedNetworks.None;

    public TransportLimits Limits { get; set; } = new();

    public UdpSettings Udp { get; set; } = new();

    /// <summary>What TLS listeners present; needed when there is one.</summary>
    public ITlsCertificate? Certificate { get; set; }

    /// <summary>The name and the rule of the first setting that makes no sense, or null.</summary>
    public string? FindMistake()
    {
        foreach (var point in Listen)
        {
            if (point.Transport is not (SipTransport.Udp or SipTransport.Tcp or SipTransport.Tls))
                return $"{nameof(Listen)} must name UDP, TCP or TLS";
            if (point.Transport is SipTransport.Tls && Certificate is null)
                return $"{nameof(Certificate)} must be set when TLS is listened for";
        }
        return Limits.FindMistake() ?? Udp.FindMistake();
    }
}
