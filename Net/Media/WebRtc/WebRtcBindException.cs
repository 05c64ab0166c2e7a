using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Media.WebRtc;

/// <summary>The port that browsers share could not be opened.</summary>
public sealed class WebRtcBindException(IPEndPoint endPoint, ProtocolType protocol, SocketException cause)
    : Exception($"{protocol} port {endPoint} for browsers' media cannot be opened: {cause.Message}", cause)
{
    public IPEndPoint EndPoint => endPoint;

    /// <summary>UDP or TCP.</summary>
    public ProtocolType Protocol => protocol;

    public SocketException Cause => cause;
}
