using System.Collections.Immutable;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tests.Recordings;

/// <summary>The tables of recordings in memory.</summary>
internal sealed class MemoryRecordings : IRecordingStore
{
    public List<RecordingView> Rows { get; } = [];

    public List<RecordingAccess> Accesses { get; } = [];

    public bool IsAway { get; set; }

    public Task<RecordingView?> Find(string tenant, string id) => Task.FromResult(Rows.FirstOrDefault(row => row.Tenant == tenant && row.Id == id));

    public Task<ImmutableArray<RecordingView>> List(string tenant, string? extension, DateTimeOffset? before, int count) =>
        Task.FromResult<ImmutableArray<RecordingView>>([.. Rows.Where(row => row.Tenant == tenant && (extension is null || row.Extension == extension)).Take(count)]);

    public Task<ImmutableArray<RecordingView>> OfCalls(string tenant, string extension, ImmutableArray<string> callKeys) =>
        Task.FromResult<ImmutableArray<RecordingView>>([.. Rows.Where(row => row.Tenant == tenant && row.Extension == extension && callKeys.Contains(row.CallKey))]);

    public Task Delete(string tenant, RecordingAccess access)
    {
        Rows.RemoveAll(row => row.Tenant == tenant && row.Id == access.RecordingId);
        return Log(tenant, access);
    }

    public Task Log(string tenant, RecordingAccess access)
    {
        if (IsAway) return Task.FromException(new IOException("The store is away."));
        Accesses.Add(access);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<RecordingAccess>> ListAccess(string tenant, string? id, DateTimeOffset? before, int count) =>
        Task.FromResult<ImmutableArray<RecordingAccess>>([.. Accesses.Where(access => id is null || access.RecordingId == id).Take(count)]);
}
