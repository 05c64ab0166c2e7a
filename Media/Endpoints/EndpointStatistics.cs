namespace Webphone.Media.Endpoints;

/// <summary>How one leg's media went so far.</summary>
public sealed record EndpointStatistics
{
    public required long PacketsReceived { get; init; }
    public required long PacketsSent { get; init; }

    /// <summary>Packets that the leg sent and that did not arrive.</summary>
    public required long PacketsLost { get; init; }

    /// <summary>Interarrival jitter of what the leg sends.</summary>
    public required TimeSpan Jitter { get; init; }

    /// <summary>Packets of ours that the leg's reports call lost.</summary>
    public required int RemoteLost { get; init; }

    /// <summary>From the leg's reports; null when it sent none.</summary>
    public required TimeSpan? RoundTrip { get; init; }

    /// <summary>Datagrams that were not the leg's.</summary>
    public required DropCounts Drops { get; init; }

    /// <summary>Packets that the system would not take for sending.</summary>
    public required long SendFailures { get; init; }
}
