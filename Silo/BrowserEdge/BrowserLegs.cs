using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webphone.Grains.Calls;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// The browser legs that this edge holds, by id and by session, and the ids of those that are over: a browser that asks again for one of them must not
/// get a second call. Safe from any thread.
/// </summary>
internal sealed class BrowserLegs : IDisposable
{
    /// <summary>How many ids are remembered. A browser repeats itself within seconds.</summary>
    public const int Remembered = 16_384;

    private readonly ConcurrentDictionary<LegId, BrowserLeg> _legs = new();
    private readonly Dictionary<string, HashSet<BrowserLeg>> _bySession = [];
    private readonly HashSet<LegId> _over = [];
    private readonly Queue<LegId> _overInOrder = new();
    private readonly Lock _gate = new();
    private readonly Meter _meter = new("Webphone.Silo");

    public BrowserLegs() => _meter.CreateObservableGauge("webphone.browser.legs", () => _legs.Count, "{leg}", "Legs of browsers that this edge holds");

    public int Count => _legs.Count;

    public bool Contains(LegId id) => _legs.ContainsKey(id);

    public BrowserLeg? Find(LegId id) => _legs.GetValueOrDefault(id);

    /// <summary>The session's leg of that id; null when it is another session's.</summary>
    public BrowserLeg? Find(string session, LegId id) => Find(id) is { } leg && leg.Session == session ? leg : null;

    public IEnumerable<BrowserLeg> All() => _legs.Select(static entry => entry.Value);

    public IReadOnlyList<BrowserLeg> Of(string session)
    {
        lock (_gate)
            return _bySession.TryGetValue(session, out var legs) ? [.. legs] : [];
    }

    /// <summary>False when the id is taken or was, or the session has <paramref name="most"/> legs.</summary>
    public bool TryAdd(BrowserLeg leg, int most)
    {
        lock (_gate)
        {
            if (_over.Contains(leg.Id))
                return false;
            if (!_bySession.TryGetValue(leg.Session, out var legs))
                _bySession[leg.Session] = legs = [];
            if (legs.Count >= most || !_legs.TryAdd(leg.Id, leg))
                return false;
            legs.Add(leg);
            return true;
        }
    }

    public void Remove(BrowserLeg leg)
    {
        lock (_gate)
        {
            if (!_legs.TryRemove(new KeyValuePair<LegId, BrowserLeg>(leg.Id, leg)))
                return;
            if (_bySession.TryGetValue(leg.Session, out var legs) && legs.Remove(leg) && legs.Count == 0)
                _bySession.Remove(leg.Session);
            Remember(leg.Id);
        }
    }

    public bool IsOver(LegId id)
    {
        lock (_gate)
            return _over.Contains(id);
    }

    /// <summary>The leg was given up before it came to be: should it come now, it is over.</summary>
    public void Forbid(LegId id)
    {
        lock (_gate)
        {
            if (!_legs.ContainsKey(id))
                Remember(id);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Remember(LegId id)
    {
        if (!_over.Add(id))
            return;
        _overInOrder.Enqueue(id);
        if (_overInOrder.Count > Remembered)
            _over.Remove(_overInOrder.Dequeue());
    }
}
