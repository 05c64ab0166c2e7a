using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Silo.Storage.Calls;

/// <summary>
/// What the journal knows in memory: the calls that are on, and the records that the store does not have yet, the newest of each
/// call. Safe from any thread.
/// </summary>
/// <param name="most">Records that may wait for the store. Past it the oldest is given up.</param>
internal sealed class UnwrittenCalls(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Numbered> _live = [];
    private readonly Dictionary<string, Numbered> _waiting = [];
    private readonly Queue<(string CallKey, long Number)> _order = new();
    private Dictionary<string, Numbered> _writing = [];
    private long _next;

    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count + _writing.Count;
        }
    }

    public int Live
    {
        get
        {
            lock (_gate) return _live.Count;
        }
    }

    /// <summary>False when the bound was reached and another record was given up for this one.</summary>
    public bool Add(CallRecord record)
    {
        lock (_gate)
        {
            var numbered = new Numbered(record, ++_next);
            if (record.Ended) _live.Remove(record.CallKey);
            else _live[record.CallKey] = new Numbered(record, _live.TryGetValue(record.CallKey, out var known) ? known.Number : numbered.Number);
            _waiting[record.CallKey] = numbered;
            _order.Enqueue((record.CallKey, numbered.Number));
            return _waiting.Count <= most || !GiveUpOldest();
        }
    }

    /// <summary>Takes up to <paramref name="count"/> records, oldest first, for writing; they stay readable until <see cref="Written"/> or <see cref="NotWritten"/>.</summary>
    public List<CallRecord> Take(int count)
    {
        lock (_gate)
        {
            var taken = new List<CallRecord>(Math.Min(count, _waiting.Count));
            while (taken.Count < count && _order.TryDequeue(out var next))
            {
                if (!_waiting.TryGetValue(next.CallKey, out var waiting) || waiting.Number != next.Number) continue;
                _waiting.Remove(next.CallKey);
                _writing[next.CallKey] = waiting;
                taken.Add(waiting.Record);
            }

            return taken;
        }
    }

    public void Written()
    {
        lock (_gate) _writing = [];
    }

    /// <summary>The store did not take these: they wait again, unless a newer record of their call came meanwhile.</summary>
    public void NotWritten(IReadOnlySet<string> callKeys)
    {
        lock (_gate)
        {
            var later = _order.ToArray();
            _order.Clear();
            foreach (var (callKey, numbered) in _writing.OrderBy(entry => entry.Value.Number))
            {
                if (!callKeys.Contains(callKey) || !_waiting.TryAdd(callKey, numbered)) continue;
                _order.Enqueue((callKey, numbered.Number));
            }

            foreach (var entry in later) _order.Enqueue(entry);
            _writing = [];
        }
    }

    /// <summary>The newest record of the call here, ended or not; null when there is none.</summary>
    public CallRecord? Find(string callKey)
    {
        lock (_gate)
        {
            return _live.TryGetValue(callKey, out var numbered) ? numbered.Record : FindUnwrittenRecord(callKey);
        }
    }

    /// <summary>The newest record of the call that the store does not have; null when there is none.</summary>
    public CallRecord? FindUnwritten(string callKey)
    {
        lock (_gate) return FindUnwrittenRecord(callKey);
    }

    /// <summary>The call is somebody else's from now on.</summary>
    public void Drop(string callKey)
    {
        lock (_gate) _live.Remove(callKey);
    }

    /// <summary>The same, unless something of it was written down since.</summary>
    public void Drop(CallRecord record)
    {
        lock (_gate)
        {
            if (_live.TryGetValue(record.CallKey, out var known) && ReferenceEquals(known.Record, record)) _live.Remove(record.CallKey);
        }
    }

    /// <summary>Calls that are on of which the store has all that is known here.</summary>
    public List<CallRecord> ListWritten()
    {
        lock (_gate) return [.. _live.Values.Select(call => call.Record).Where(record => FindUnwrittenRecord(record.CallKey) is null)];
    }

    /// <summary>Calls of a tenant that are on, newest first.</summary>
    public ImmutableArray<CallRecord> ListLive(string tenant, int count)
    {
        lock (_gate)
        {
            return [.. _live.Values.Where(call => call.Record.Tenant == tenant).OrderByDescending(call => call.Number).Take(count).Select(call => call.Record)];
        }
    }

    /// <summary>History entries that the store does not have (yet): of calls that are on, and of ended ones that wait to be written.</summary>
    public List<HistoryEntry> ListEntries(string tenant, string? extension)
    {
        lock (_gate)
        {
            return _live.Values
                .Concat(_waiting.Values.Where(call => call.Record.Ended))
                .Concat(_writing.Values.Where(call => call.Record.Ended && !_waiting.ContainsKey(call.Record.CallKey)))
                .Where(call => call.Record.Tenant == tenant)
                .SelectMany(call => call.Record.History)
                .Where(entry => extension is null || entry.Extension == extension)
                .ToList();
        }
    }

    private CallRecord? FindUnwrittenRecord(string callKey) =>
        _waiting.TryGetValue(callKey, out var numbered) || _writing.TryGetValue(callKey, out numbered) ? numbered.Record : null;

    private bool GiveUpOldest()
    {
        while (_order.TryDequeue(out var oldest))
        {
            if (!_waiting.TryGetValue(oldest.CallKey, out var waiting) || waiting.Number != oldest.Number) continue;
            _waiting.Remove(oldest.CallKey);
            return true;
        }

        return false;
    }

    private readonly record struct Numbered(CallRecord Record, long Number);
}
