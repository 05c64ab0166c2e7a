using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tenants;

/// <summary>What is recorded of whom.</summary>
/// <param name="Internal">Calls within the organisation, in either direction, and conferences.</param>
/// <param name="Inbound">Calls that come from outside.</param>
/// <param name="Outbound">Calls that go outside.</param>
public sealed record RecordingModes(RecordingWhen Internal, RecordingWhen Inbound, RecordingWhen Outbound)
{
    public static readonly RecordingModes OnDemand = new(RecordingWhen.OnDemand, RecordingWhen.OnDemand, RecordingWhen.OnDemand);

    public RecordingWhen Of(bool isInternal, bool isOutbound) => isInternal ? Internal : isOutbound ? Outbound : Inbound;
}

/// <summary>What an organisation has decided about recordings.</summary>
public sealed record RecordingPolicy
{
    public static readonly RecordingPolicy Default = new();

    /// <summary>For users who have none of their own.</summary>
    public RecordingModes Modes { get; init; } = RecordingModes.OnDemand;

    /// <summary>Users may pause their recordings, those too that were not theirs to begin.</summary>
    public bool MayPause { get; init; } = true;

    /// <summary>What both sides hear before anything is recorded.</summary>
    public RecordingNotice Notice { get; init; } = RecordingNotice.Beep;

    /// <summary>The WAV file for <see cref="RecordingNotice.Announcement"/>; null for a row of notes.</summary>
    public string? AnnouncementFile { get; init; }

    /// <summary>The other side's screen says that they are recorded.</summary>
    public bool ShowsPeer { get; init; } = true;

    public RecordingFileKind Kind { get; init; } = RecordingFileKind.Wav;

    /// <summary>Users may download their own.</summary>
    public bool MayDownload { get; init; } = true;

    /// <summary>Users may delete their own.</summary>
    public bool MayDelete { get; init; }

    /// <summary>How long recordings are kept; null for ever.</summary>
    public TimeSpan? KeepFor { get; init; }
}
