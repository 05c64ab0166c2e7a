namespace Webphone.Silo.PushEdge;

/// <summary>How browsers that are closed are woken.</summary>
public sealed record PushEdgeOptions
{
    /// <summary>How much more patience there is with a browser that is open than it has to acknowledge its ring.</summary>
    public static readonly TimeSpan AfterAcknowledgement = TimeSpan.FromMilliseconds(300);

    /// <summary>A browser that is open is woken only when it has not acknowledged its ring for so long; a little more than <see cref="BrowserEdge.SessionEdgeOptions.RingAcknowledgement"/>. Default 1.3 s.</summary>
    public TimeSpan OpenBrowserPatience { get; init; } = TimeSpan.FromMilliseconds(1_300);

    /// <summary>How long to wait before a push service that failed without saying when is tried again; default 1 s.</summary>
    public TimeSpan TryAgainAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries for one browser; default 3.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>How long a push service keeps the news that it rings no more; default 1 minute.</summary>
    public TimeSpan EndTimeToLive { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Calls that wake somebody at a time; default 2,000.</summary>
    public int MaxLegs { get; init; } = 2_000;

    /// <summary>Who a push service can complain to (mailto: or https:); null says the tenant's administrator.</summary>
    public string? Contact { get; init; }
}
