using System.Net;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Stack;

/// <summary>
/// Where a message came from and how to get back there: a listener and a remote address, or a connection. Opaque to the stack, which keeps it,
/// compares it and hands it back; whoever owns the sockets gives it its meaning.
/// </summary>
/// <param name="Transport">UDP, TCP, TLS, WS or WSS.</param>
/// <param name="Listener">The local listener or socket.</param>
/// <param name="Remote">The other side's address, as the packets show it.</param>
/// <param name="Connection">The connection, or 0 for a datagram transport or where none is open yet.</param>
public readonly record struct SipFlow(SipTransport Transport, int Listener, IPEndPoint Remote, long Connection = 0)
{
    /// <summary>Whether the transport itself delivers or fails.</summary>
    public bool IsReliable => Transport.IsReliable();

    /// <summary>Whether messages on it are kept from others (TLS, WSS).</summary>
    public bool IsSecure => Transport is SipTransport.Tls or SipTransport.Wss;

    public override string ToString() => Connection == 0 ? $"{Transport} {Remote}" : $"{Transport} {Remote} #{Connection}";
}
