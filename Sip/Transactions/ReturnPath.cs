using System.Net;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>Where responses go (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-18.2.2">RFC 3261 §18.2.2</see>, <see href="https://www.rfc-editor.org/rfc/rfc3581#section-4">RFC 3581 §4</see>).</summary>
internal static class ReturnPath
{
    /// <summary>
    /// The flow that the request came by. Only a sender by UDP that did not ask for rport and is not behind a NAT (it names the very address that its
    /// packets come from) gets its responses at the port that it names.
    /// </summary>
    public static SipFlow Of(SipMessage request, in SipFlow flow)
    {
        if (flow.Transport is not SipTransport.Udp || request.ViaHasRport)
            return flow;
        var port = PortOf(request, flow);
        return port != flow.Remote.Port && flow.Remote.Address.Equals(HostPort.Address(request.ViaHost))
            ? flow with { Remote = new IPEndPoint(flow.Remote.Address, port) }
            : flow;
    }

    /// <summary>Where the sender listens, by its Via and the address that its connection came from. False where no connection can be opened to it: a WebSocket's client, a datagram flow.</summary>
    public static bool TryFallback(SipMessage request, in SipFlow gone, out SipFlow listening)
    {
        listening = gone with { Remote = new IPEndPoint(gone.Remote.Address, PortOf(request, gone)), Connection = 0 };
        return gone.Connection != 0 && gone.Transport is SipTransport.Tcp or SipTransport.Tls;
    }

    private static int PortOf(SipMessage request, in SipFlow flow) => request.ViaPort == 0 ? flow.Transport.DefaultPort() : request.ViaPort;
}
