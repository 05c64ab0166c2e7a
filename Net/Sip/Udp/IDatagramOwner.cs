using System.Net;

namespace Webphone.Net.Sip.Udp;

/// <summary>Who takes datagrams. Called on a receive thread of the listener; must not block.</summary>
internal interface IDatagramOwner
{
    /// <summary>A datagram came. The bytes are the listener's and valid only during the call.</summary>
    void Received(UdpListener listener, IPEndPoint from, ReadOnlySpan<byte> datagram);
}
