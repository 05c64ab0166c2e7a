using System.Collections.Immutable;
using System.Net;
using System.Net.WebSockets;

namespace Webphone.WebFrontend;

/// <summary>What the web server needs of the process that it runs in.</summary>
public sealed record WebNode
{
    public required string Name { get; init; }

    /// <summary>The names of the tenants now.</summary>
    public required Func<ImmutableArray<string>> Tenants { get; init; }

    /// <summary>Whether the address may read status and metrics although it is not this machine.</summary>
    public required Func<IPAddress, bool> IsTrusted { get; init; }

    /// <summary>Serves a WebSocket that speaks SIP until it is over.</summary>
    public required Func<WebSocket, IPEndPoint, IPEndPoint, CancellationToken, Task> ServeSip { get; init; }
}
