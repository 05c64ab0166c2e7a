using Webphone.Grains.Media;

namespace Webphone.Grains.Recordings;

/// <summary>
/// The recorders of one node, as grains see them. What is recorded is an endpoint: what its leg says on the left, what the leg hears of others on the right, whoever
/// it is connected with meanwhile; the recording ends with the endpoint. Every operation is idempotent.
/// </summary>
public interface IRecorder : IGrainObserver
{
    /// <summary>
    /// Begins to record, after the notice that was ordered; a recording that is on goes on as <paramref name="paused"/> says, and another of the endpoint ends. False when it
    /// cannot: no such endpoint, no room on the disk, or it was stopped before, since a message may come late.
    /// </summary>
    /// <param name="endpoint">An endpoint of this node.</param>
    /// <param name="order">What to record.</param>
    /// <param name="paused">It is paused.</param>
    Task<bool> Record(EndpointId endpoint, RecordingOrder order, bool paused);

    Task Pause(EndpointId endpoint, string id, bool paused);

    /// <summary>Ends a recording, and sees to it that it does not begin any more.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="id">Its name; empty for whatever the endpoint is recorded as.</param>
    Task Stop(EndpointId endpoint, string id);

    /// <summary>Lets the leg alone hear a tone, over whatever it hears.</summary>
    Task Cue(EndpointId endpoint, ProgressTone tone);

    /// <summary>A part of a recording's file, at most <see cref="RecordingLimits.MaxRead"/> bytes; empty past its end, null when the file is not here.</summary>
    Task<byte[]?> Read(RecordingFile file, long offset, int count);

    /// <summary>How loud the recording is along its length, in pairs of left and right.</summary>
    Task<byte[]?> ReadPeaks(RecordingFile file, int most);

    /// <summary>Removes the files of a recording that is over.</summary>
    Task Delete(RecordingFile file);
}

/// <summary>Where a recording lies within its node's folder.</summary>
[GenerateSerializer, Immutable]
public sealed record RecordingFile(string Tenant, string Id, RecordingFileKind Kind, DateTimeOffset StartedAt);

/// <summary>Bounds of recordings.</summary>
public static class RecordingLimits
{
    public const int MaxRead = 256 * 1024;
    public const int MaxPeaks = 2000;
    public const int MaxListed = 500;
}
