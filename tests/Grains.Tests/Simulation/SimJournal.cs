using System.Collections.Immutable;
using System.Text.Json;
using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>The store: outlives the process. What is read is a copy through JSON, as from a disk.</summary>
internal sealed class SimJournal : ICallJournal, IHistoryStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CallRecord> _live = [];
    private readonly Dictionary<(string CallKey, string Extension), HistoryEntry> _history = [];

    public IReadOnlyCollection<CallRecord> LiveCalls => _live.Values;

    public IReadOnlyCollection<HistoryEntry> History => _history.Values;

    /// <summary>Calls that were written down last since this was asked last.</summary>
    public HashSet<string> Touched { get; } = [];

    public void Append(CallRecord record)
    {
        lock (_gate)
        {
            Touched.Add(record.CallKey);
            foreach (var entry in record.History) _history[(entry.CallKey, entry.Extension)] = entry;
            if (record.Ended) _live.Remove(record.CallKey);
            else _live[record.CallKey] = record;
        }
    }

    public ValueTask<CallRecord?> Read(string callKey)
    {
        CallRecord? record;
        lock (_gate)
        {
            if (!_live.TryGetValue(callKey, out record)) return ValueTask.FromResult<CallRecord?>(null);
        }

        var state = JsonSerializer.Deserialize<CallState>(JsonSerializer.Serialize(record.State))!;
        return ValueTask.FromResult<CallRecord?>(record with { State = state });
    }

    public ImmutableArray<CallRecord> Live(string tenant, int count) => [.. _live.Values.Where(call => call.Tenant == tenant).Take(count)];

    public Task<ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count) =>
        Task.FromResult<ImmutableArray<HistoryEntry>>([.. _history.Values.Where(entry => extension is null || entry.Extension == extension).Take(count)]);

    public CallState? Find(string callKey) => _live.GetValueOrDefault(callKey)?.State;

    public HistoryEntry? EntryOf(string callKey, string extension) => _history.GetValueOrDefault((callKey, extension));

    public IEnumerable<HistoryEntry> EntriesOf(string callKey) => _history.Values.Where(entry => entry.CallKey == callKey);

    /// <summary>What the host does when it starts after a crash: the calls of the process that died are over.</summary>
    public void CloseInterrupted(DateTimeOffset now)
    {
        foreach (var record in _live.Values.ToArray())
        {
            foreach (var entry in record.History.Where(entry => entry.EndedAt is null))
                _history[(entry.CallKey, entry.Extension)] = entry with { EndedAt = now, End = CallEnd.Interrupted };
            _live.Remove(record.CallKey);
        }
    }
}
