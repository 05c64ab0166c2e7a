using System.Collections.Immutable;

namespace Webphone.Grains.Recordings;

/// <summary>The tables of recordings and of who used them. What a node records it writes there itself; files are elsewhere.</summary>
public interface IRecordingStore
{
    Task<RecordingView?> Find(string tenant, string id);

    /// <summary>Newest first: of one user, or of all where <paramref name="extension"/> is null.</summary>
    Task<ImmutableArray<RecordingView>> List(string tenant, string? extension, DateTimeOffset? before, int count);

    /// <summary>Those of one user's history entries, oldest first.</summary>
    Task<ImmutableArray<RecordingView>> OfCalls(string tenant, string extension, ImmutableArray<string> callKeys);

    /// <summary>Removes the recording and writes down who did, in one step.</summary>
    Task Delete(string tenant, RecordingAccess access);

    /// <summary>Returns when it is written.</summary>
    Task Log(string tenant, RecordingAccess access);

    /// <summary>Newest first: of one recording, or of all where <paramref name="id"/> is null.</summary>
    Task<ImmutableArray<RecordingAccess>> ListAccess(string tenant, string? id, DateTimeOffset? before, int count);
}
