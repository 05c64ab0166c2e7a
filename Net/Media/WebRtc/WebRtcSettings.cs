using System.Net;

namespace Webphone.Net.Media.WebRtc;

/// <summary>Where browsers' media comes in: one port for all of them, UDP and, where that is blocked, TCP.</summary>
public sealed record WebRtcSettings
{
    /// <summary>UDP and TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Where sockets are bound and the addresses that candidates name, the preferred first.</summary>
    public required IReadOnlyList<(IPAddress Bind, IPAddress Advertised)> Places { get; init; }

    /// <summary>TCP connections at once. Default 4,096.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>TCP connections of one address at once. Default 256.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 256;

    /// <summary>How long a TCP connection may take to prove by a check whose it is. Default 10 s.</summary>
    public TimeSpan TimeToProve { get; init; } = TimeSpan.FromSeconds(10);
}
