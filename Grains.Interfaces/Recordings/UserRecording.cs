namespace Webphone.Grains.Recordings;

/// <summary>Whether a user's side of a call is recorded.</summary>
public enum RecordingWhen
{
    Never,

    /// <summary>When the user says so.</summary>
    OnDemand,

    /// <summary>From the answer to the end, whatever the user says.</summary>
    Always,
}

/// <summary>What is recorded of a user, and what they may do with recordings.</summary>
/// <param name="Internal">Within the organisation, and conferences.</param>
/// <param name="Inbound">From outside.</param>
/// <param name="Outbound">To the outside.</param>
/// <param name="MayPause">Their recordings, those too that they did not begin.</param>
/// <param name="MayDownload">Their own.</param>
/// <param name="MayDelete">Their own.</param>
/// <param name="MayUseAll">Everybody's, and the log of who did.</param>
[GenerateSerializer, Immutable]
public sealed record UserRecording(RecordingWhen Internal, RecordingWhen Inbound, RecordingWhen Outbound, bool MayPause, bool MayDownload, bool MayDelete, bool MayUseAll)
{
    public static readonly UserRecording None = new(RecordingWhen.Never, RecordingWhen.Never, RecordingWhen.Never, false, false, false, false);
}
