using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Recordings;

/// <summary>The recordings of an organisation: who may do what with them, and where the files are.</summary>
// Every method only reads other things and keeps nothing here, so all may interleave; otherwise one who listens would hold up the rest.
[Reentrant]
public sealed partial class RecordingsGrain(IDirectory directory, IRecordingStore store, NodeBook book, TimeProvider time, ILogger<RecordingsGrain> log) : Grain, IRecordingsGrain
{
    private readonly RecentUses _uses = new();

    private string Tenant => this.GetPrimaryKeyString();

    private RecordingPolicy Policy => directory.FindTenant(Tenant)?.Recording ?? RecordingPolicy.Default;

    public async Task<ImmutableArray<RecordingView>> List(string by, string? extension, DateTimeOffset? before, int count) =>
        extension == by || MayUseAll(by) ? await store.List(Tenant, extension, before, Bounded(count)) : [];

    public Task<ImmutableArray<RecordingView>> OfCalls(string by, ImmutableArray<string> callKeys) => store.OfCalls(Tenant, by, callKeys);

    public async Task<RecordingView?> Find(string by, string id) =>
        await store.Find(Tenant, id) is { } found && (found.Extension == by || MayUseAll(by)) ? found : null;

    public async Task<RecordingOpening> Open(string by, string id, RecordingUse use, string address)
    {
        if (await Find(by, id) is not { } recording) return new RecordingOpening(RecordingOutcome.NotFound, null);
        if (use == RecordingUse.Download && !Policy.MayDownload && !MayUseAll(by)) return new RecordingOpening(RecordingOutcome.Forbidden, null);
        if (recording.EndedAt is null || await RecorderOf(recording) is null) return new RecordingOpening(RecordingOutcome.Unavailable, null);
        var now = time.GetUtcNow();
        if (_uses.IsNew((by, id, use, address), now)) await store.Log(Tenant, new RecordingAccess(id, recording.Extension, by, use, now, address));
        _uses.Remember((by, id, use, address), now);
        return new RecordingOpening(RecordingOutcome.Done, recording);
    }

    public async Task<byte[]?> Read(string by, string id, long offset, int count) =>
        await Find(by, id) is { } recording && await RecorderOf(recording) is { } recorder
            ? await recorder.Read(recording.File, offset, Math.Clamp(count, 0, RecordingLimits.MaxRead)).WaitAsync(EdgeLimits.CommandTimeout, time)
            : null;

    public async Task<byte[]?> ReadPeaks(string by, string id, int most) =>
        await Find(by, id) is { } recording && await RecorderOf(recording) is { } recorder
            ? await recorder.ReadPeaks(recording.File, Math.Clamp(most, 1, RecordingLimits.MaxPeaks)).WaitAsync(EdgeLimits.CommandTimeout, time)
            : null;

    public async Task<RecordingOutcome> Delete(string by, string id, string address)
    {
        if (await Find(by, id) is not { } recording) return RecordingOutcome.NotFound;
        if (!Policy.MayDelete && !MayUseAll(by)) return RecordingOutcome.Forbidden;
        if (recording.EndedAt is null || await RecorderOf(recording) is not { } recorder) return RecordingOutcome.Unavailable;
        await recorder.Delete(recording.File).WaitAsync(EdgeLimits.CommandTimeout, time);
        await store.Delete(Tenant, new RecordingAccess(id, recording.Extension, by, RecordingUse.Delete, time.GetUtcNow(), address));
        return RecordingOutcome.Done;
    }

    public async Task<ImmutableArray<RecordingAccess>?> ListAccess(string by, string? id, DateTimeOffset? before, int count) =>
        MayUseAll(by) ? await store.ListAccess(Tenant, id, before, Bounded(count)) : null;

    private static int Bounded(int count) => Math.Clamp(count, 0, RecordingLimits.MaxListed);

    private bool MayUseAll(string by) => RecordingRules.MayUseAll(directory.FindUser(Tenant, by));

    private async Task<IRecorder?> RecorderOf(RecordingView recording)
    {
        try
        {
            return (await book.Resolve(recording.Node).AsTask().WaitAsync(EdgeLimits.CommandTimeout, time))?.Recorder;
        }
        catch (Exception error)
        {
            // A node that does not answer is one that is not there.
            LogNotThere(log, Tenant, recording.Id, recording.Node, error);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tenant}: recording {Id} is on node {Node}, which does not answer")]
    private static partial void LogNotThere(ILogger log, string tenant, string id, string node, Exception error);
}
