using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Sip.Locating;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Net.Sip;

/// <summary>
/// Finds where requests to a URI go, by the addresses of its host (RFC 3263 §4.2). The system's resolver has no NAPTR and SRV records: a name without a port means the
/// default port of its transport.
/// </summary>
public static class SipTargets
{
    /// <summary>Who waits for a call waits no longer for a name.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly SipTransport[] Spoken = [SipTransport.Udp, SipTransport.Tcp, SipTransport.Tls];

    /// <summary>The places to try, best first; none where the name has no address, or nobody says so in time.</summary>
    public static async Task<IReadOnlyList<SipTarget>> Find(string uri, TimeProvider time)
    {
        if (Begin(uri) is not { } locator)
            return [];
        while (locator.Question is { } question)
            locator.Answer(question.Kind is DnsKind.Address ? LocatorAnswer.Of(await AddressesOf(question.Name, time)) : LocatorAnswer.None);
        return locator.Targets;
    }

    private static SipLocator? Begin(string text)
    {
        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(text), out var uri, out _) || !uri.IsSipOrSips)
            return null;
        return new SipLocator(uri, Spoken, static _ => 0);
    }

    private static async Task<IPAddress[]> AddressesOf(string host, TimeProvider time)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host).WaitAsync(Patience, time);
        }
        catch (Exception none) when (none is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }
}
