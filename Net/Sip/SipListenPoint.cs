using System.Net;
using Webphone.Sip.Messages;

namespace Webphone.Net.Sip;

/// <summary>Where to listen for SIP. Port 0 lets the system choose. WebSockets are not listened for here: the web server hands them in.</summary>
/// <param name="Transport">UDP, TCP or TLS.</param>
/// <param name="EndPoint">An address of this machine, or the wildcard.</param>
public sealed record SipListenPoint(SipTransport Transport, IPEndPoint EndPoint)
{
    public override string ToString() => $"{Transport} {EndPoint}";
}
