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
    private readonly Dictionary<string, string> _writers = [];
    private readonly HashSet<string> _ended = [];

    public IReadOnlyCollection<CallRecord> LiveCalls => _live.Values;

    public IReadOnlyCollection<HistoryEntry> History => _history.Values;

    /// <summary>The nodes that a call ever had a leg on.</summary>
    private readonly Dictionary<string, HashSet<string>> _nodes = [];

    /// <summary>Calls that were written down last since this was asked last.</summary>
    public HashSet<string> Touched { get; } = [];

    public void Append(CallRecord record) => Write(record, "");

    /// <summary>False when it was not taken, because a later activation has the call or it is over.</summary>
    public bool Write(CallRecord record, string node)
    {
        lock (_gate)
        {
            if (_ended.Contains(record.CallKey)) return false;
            if (_live.TryGetValue(record.CallKey, out var known) && known.State.Epoch > record.State.Epoch) return false;
            Touched.Add(record.CallKey);
            if (!_nodes.TryGetValue(record.CallKey, out var nodes)) _nodes[record.CallKey] = nodes = [];
            nodes.UnionWith(record.State.Legs().Select(leg => leg.Node));
            if (record.Ended)
            {
                foreach (var entry in record.History) _history[(entry.CallKey, entry.Extension)] = entry;
                _ended.Add(record.CallKey);
                _live.Remove(record.CallKey);
            }
            else
            {
                _live[record.CallKey] = record;
                _writers[record.CallKey] = node;
            }

            return true;
        }
    }

    public ValueTask<CallRecord?> Read(string callKey) => ValueTask.FromResult(ReadNow(callKey));

    public CallRecord? ReadNow(string callKey)
    {
        CallRecord? record;
        lock (_gate)
        {
            if (!_live.TryGetValue(callKey, out record)) return null;
        }

        var state = JsonSerializer.Deserialize<CallState>(JsonSerializer.Serialize(record.State))!;
        return record with { State = state };
    }

    public Task Leave(string callKey, CancellationToken giveUp) => Task.CompletedTask;

    public Task<ImmutableArray<string>> Orphans(int count) => Task.FromResult(ImmutableArray<string>.Empty);

    public Task<ImmutableArray<string>> OfNode(string node, int count) => Task.FromResult<ImmutableArray<string>>([.. WrittenBy(name => name == node).Take(count)]);

    public IEnumerable<string> NodesOf(string callKey) => _nodes.GetValueOrDefault(callKey) ?? [];

    public IEnumerable<string> WrittenBy(Func<string, bool> node) => _live.Keys.Where(callKey => node(_writers[callKey]));

    public ImmutableArray<CallRecord> Live(string tenant, int count) => [.. _live.Values.Where(call => call.Tenant == tenant).Take(count)];

    public Task<ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count) =>
        Task.FromResult<ImmutableArray<HistoryEntry>>([.. _history.Values.Where(entry => extension is null || entry.Extension == extension).Take(count)]);

    public CallState? Find(string callKey) => _live.GetValueOrDefault(callKey)?.State;

    /// <summary>As long as a call goes on, its entries are those of its record.</summary>
    public HistoryEntry? EntryOf(string callKey, string extension) =>
        _history.GetValueOrDefault((callKey, extension)) ?? _live.Values.SelectMany(record => record.History).FirstOrDefault(entry => entry.CallKey == callKey && entry.Extension == extension);

    public IEnumerable<HistoryEntry> EntriesOf(string callKey) => _history.Values.Where(entry => entry.CallKey == callKey);

    /// <summary>What the host does when it starts after a crash: the calls of the process that died are over.</summary>
    public void CloseInterrupted(DateTimeOffset now)
    {
        foreach (var record in _live.Values.ToArray())
        {
            foreach (var entry in record.History.Where(entry => entry.EndedAt is null))
                _history[(entry.CallKey, entry.Extension)] = entry with { EndedAt = now, End = CallEnd.Interrupted };
            _live.Remove(record.CallKey);
            _ended.Add(record.CallKey);
        }
    }
}
