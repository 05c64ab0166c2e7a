namespace Webphone.Sip.Sessions;

/// <summary>How a call behaves.</summary>
public sealed record SessionOptions
{
    /// <summary>Whether provisional responses are sent reliably (RFC 3262) to a caller that supports it; one that requires it always gets them so. Default no.</summary>
    public bool ReliableProvisionals { get; init; }

    /// <summary>The session interval that we ask for (RFC 4028), in seconds; 0 for no session timer of our own. Default 1,800.</summary>
    public int SessionExpiresSeconds { get; init; } = 1800;

    /// <summary>The shortest session interval that we accept, in seconds: at least 90. Default 90.</summary>
    public int MinSessionExpiresSeconds { get; init; } = 90;

    /// <summary>The longest that a call may ring before it is cancelled or refused, in milliseconds. Default 3 minutes.</summary>
    public int MaxRingMs { get; init; } = 180_000;
}
