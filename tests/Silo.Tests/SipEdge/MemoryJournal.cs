using System.Collections.Concurrent;
using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Keeps the last record of every call, and its history.</summary>
internal sealed class MemoryJournal : ICallJournal, IHistoryStore
{
    private readonly ConcurrentDictionary<string, CallRecord> _calls = new();

    public IEnumerable<CallRecord> All => _calls.Values;

    public void Append(CallRecord record) => _calls[record.CallKey] = record;

    public ValueTask<CallRecord?> Read(string callKey) => new(_calls.TryGetValue(callKey, out var record) && !record.Ended ? record : null);

    public Task Leave(string callKey, CancellationToken giveUp) => Task.CompletedTask;

    public Task<ImmutableArray<string>> Orphans(int count) => Task.FromResult(ImmutableArray<string>.Empty);

    public Task<ImmutableArray<string>> OfNode(string node, int count) => Task.FromResult(ImmutableArray<string>.Empty);

    public ImmutableArray<CallRecord> Live(string tenant, int count) => [.. _calls.Values.Where(call => call.Tenant == tenant && !call.Ended).Take(count)];

    public Task<ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count) =>
        Task.FromResult(_calls.Values
            .Where(call => call.Tenant == tenant).SelectMany(call => call.History).Where(entry => extension is null || entry.Extension == extension)
            .OrderByDescending(entry => entry.StartedAt).Take(count).ToImmutableArray());
}
