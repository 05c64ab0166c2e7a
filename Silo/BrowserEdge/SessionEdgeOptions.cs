using Webphone.Silo.Edges;

namespace Webphone.Silo.BrowserEdge;

/// <summary>How the edge treats browsers.</summary>
public sealed record SessionEdgeOptions
{
    /// <summary>Name of this node in the cluster.</summary>
    public string Node { get; init; } = "silo";

    /// <summary>Names the calls that begin here; at random by default.</summary>
    internal ICallKeys CallKeys { get; init; } = new RandomCallKeys();

    /// <summary>A ring that the browser does not acknowledge for so long was not heard by anyone; default 1 s.</summary>
    public TimeSpan RingAcknowledgement { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Media of a browser that has not come after so long is lost, for now; default 10 s.</summary>
    public TimeSpan MediaTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A browser that is out of reach for so long is made up for by music; default 2 s.</summary>
    public TimeSpan AwayAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a call waits for a browser that is out of reach; default 30 s.</summary>
    public TimeSpan ReconnectTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Legs at a time; default 20,000.</summary>
    public int MaxLegs { get; init; } = 20_000;

    /// <summary>Legs of one session at a time; default 20.</summary>
    public int LegsPerSession { get; init; } = 20;

    /// <summary>How long a test of the way of sound may go on; default 15 s.</summary>
    public TimeSpan ProbeTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Tests of the way of sound at a time; default 200.</summary>
    public int MaxProbes { get; init; } = 200;

    /// <summary>The same of one session; default 4.</summary>
    public int ProbesPerSession { get; init; } = 4;
}
