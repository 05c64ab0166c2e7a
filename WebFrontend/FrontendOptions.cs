using System.Net;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend;

/// <summary>How the frontend serves browsers.</summary>
public sealed record FrontendOptions
{
    /// <summary>The built browser app; null when there is none, and the page then says how to build it.</summary>
    public string? AppFolder { get; init; }

    /// <summary>STUN and TURN servers, such as turn:turn.example.com:3478; default none.</summary>
    public IReadOnlyList<string> IceUrls { get; init; } = [];

    /// <summary>The secret shared with the TURN servers (coturn's static-auth-secret); null gives no credentials.</summary>
    public string? TurnSecret { get; init; }

    /// <summary>How long TURN credentials hold; default 12 h.</summary>
    public TimeSpan TurnTime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Networks whose proxies may say who the client is and whether it came by https.</summary>
    public Func<IPAddress, bool> IsTrustedProxy { get; init; } = static _ => false;

    /// <summary>Whether an endpoint that a browser names may be pushed to; null offers no push.</summary>
    public Func<string, bool>? IsPushEndpoint { get; init; }

    /// <summary>An idle page is told within this time that the server is there; default what pages count on, at least a second.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(HubLimits.HeartbeatMs);

    /// <summary>Wrong passwords of one address in a minute, whoever they are for; default 20.</summary>
    public int WrongPasswordsPerAddress { get; init; } = 20;

    /// <summary>Wrong passwords for one user from one address in five minutes; default 5.</summary>
    public int WrongPasswordsPerUserAndAddress { get; init; } = 5;

    /// <summary>Wrong passwords for one user in five minutes, from wherever, before only addresses that the user has signed in from may try; default 50.</summary>
    public int WrongPasswordsPerUser { get; init; } = 50;
}
