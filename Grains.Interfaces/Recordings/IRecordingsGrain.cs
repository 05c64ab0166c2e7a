using System.Collections.Immutable;

namespace Webphone.Grains.Recordings;

/// <summary>
/// The recordings of an organisation, for those who may use them: their own, or all with the right <see cref="RecordingRight"/>. The key is the tenant's name.
/// Whoever asks is named by their extension, and what they may not see is not there for them.
/// </summary>
public interface IRecordingsGrain : IGrainWithStringKey
{
    /// <summary>Newest first: of <paramref name="extension"/>, or of everybody where that is null.</summary>
    Task<ImmutableArray<RecordingView>> List(string by, string? extension, DateTimeOffset? before, int count);

    /// <summary>Those of one user's history entries.</summary>
    Task<ImmutableArray<RecordingView>> OfCalls(string by, ImmutableArray<string> callKeys);

    Task<RecordingView?> Find(string by, string id);

    /// <summary>Opens a recording for use, which is written down first: what cannot be logged is not opened.</summary>
    Task<RecordingOpening> Open(string by, string id, RecordingUse use, string address);

    /// <summary>As <see cref="IRecorder.Read"/>; null when its node is not there.</summary>
    Task<byte[]?> Read(string by, string id, long offset, int count);

    Task<byte[]?> ReadPeaks(string by, string id, int most);

    Task<RecordingOutcome> Delete(string by, string id, string address);

    /// <summary>Who used which recording, newest first; null for one without the right.</summary>
    Task<ImmutableArray<RecordingAccess>?> ListAccess(string by, string? id, DateTimeOffset? before, int count);
}

/// <summary>What became of a request.</summary>
public enum RecordingOutcome
{
    Done,
    NotFound,
    Forbidden,

    /// <summary>It still goes on, or the node that has it is not there.</summary>
    Unavailable,
}

/// <summary>A recording that was opened; <see cref="Recording"/> is null when it was not.</summary>
[GenerateSerializer, Immutable]
public sealed record RecordingOpening(RecordingOutcome Outcome, RecordingView? Recording);

/// <summary>What a user of an organisation may be given beyond their own.</summary>
public static class RecordingRight
{
    /// <summary>Hear, download and delete everybody's recordings, and read who did.</summary>
    public const string Name = "recordings";
}
