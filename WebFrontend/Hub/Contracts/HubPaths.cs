namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>Where the hub and the rest are served.</summary>
public static class HubPaths
{
    public const string Phone = "/hub";

    /// <summary>The header that every request which changes something must carry, with any value: no page of another origin can add it.</summary>
    public const string RequestHeader = "X-Webphone";
}

/// <summary>Bounds that the hub holds a client to.</summary>
public static class HubLimits
{
    /// <summary>Bytes of one message to the hub.</summary>
    public const int MessageBytes = 32 * 1024;

    /// <summary>Characters of an offer.</summary>
    public const int OfferLength = 16 * 1024;

    public const int Watched = 500;

    /// <summary>Keys that a user arranges.</summary>
    public const int Keys = 60;

    /// <summary>Characters of what a key is called.</summary>
    public const int KeyLabelLength = 40;

    public const int Digits = 64;
    public const int NumberLength = 64;

    /// <summary>Calls to the hub that a connection may make in a second, over a longer time.</summary>
    public const int CallsPerSecond = 20;

    /// <summary>Calls to the hub that a connection may make at once.</summary>
    public const int CallBurst = 60;

    /// <summary>Connections of one user at a time.</summary>
    public const int ConnectionsPerUser = 20;

    /// <summary>Legs that one session has at a time.</summary>
    public const int LegsPerSession = 20;

    /// <summary>Milliseconds within which the hub tells an idle page that it is there.</summary>
    public const int HeartbeatMs = 6_000;

    /// <summary>Milliseconds after which a page that heard nothing takes the connection for dead: two heartbeats.</summary>
    public const int SilenceMs = 2 * HeartbeatMs;

    /// <summary>Milliseconds after which an idle page says that it runs. That its network is there, its browser says more often, asked by the hub.</summary>
    public const int PageHeartbeatMs = 40_000;
}
