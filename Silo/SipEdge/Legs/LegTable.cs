using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Webphone.Grains.Calls;
using Webphone.Sip.Headers;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The legs that this edge holds, and the sessions that still end. Safe from any thread.</summary>
internal sealed class LegTable : IDisposable
{
    private readonly ConcurrentDictionary<LegId, Leg> _legs = new();
    private readonly Meter _meter = new("Webphone.Silo");
    private int _sessions;

    public LegTable() => _meter.CreateObservableGauge("webphone.legs", () => _legs.Count, "{leg}", "Legs that the SIP edge holds");

    public int Count => _legs.Count;

    /// <summary>Sessions whose last message has not been said, those of ended legs too.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    public bool TryAdd(Leg leg) => _legs.TryAdd(leg.Id, leg);

    public void Remove(Leg leg) => _legs.TryRemove(new KeyValuePair<LegId, Leg>(leg.Id, leg));

    public bool Contains(LegId id) => _legs.ContainsKey(id);

    public Leg? Find(LegId id) => _legs.GetValueOrDefault(id);

    /// <summary>The leg of the owner whose dialog the value of a Replaces header names (RFC 3891 §3), as a consultation; null when there is none.</summary>
    public Consultation? FindConsultation(LegOwner owner, string replaces) =>
        FindReplaced(replaces, out _) is { } leg && leg.Owner == owner ? new Consultation(leg.CallKey, leg.Id) : null;

    /// <summary>The leg whose dialog the value of a Replaces header names; null when there is none.</summary>
    /// <param name="replaces">The header's value.</param>
    /// <param name="earlyOnly">It is to be replaced only while it is not answered.</param>
    public Leg? FindReplaced(string replaces, out bool earlyOnly)
    {
        earlyOnly = false;
        if (!DialogReference.TryParse(Encoding.UTF8.GetBytes(replaces), out var reference, out _))
            return null;
        earlyOnly = reference.EarlyOnly;
        foreach (var (_, leg) in _legs)
        {
            // What names a dialog does not change, so another shard's may be read.
            if (leg.Dialog is { } dialog && dialog.CallId.AsSpan().SequenceEqual(reference.CallId)
                && dialog.LocalTag.AsSpan().SequenceEqual(reference.ToTag) && dialog.RemoteTag.AsSpan().SequenceEqual(reference.FromTag))
                return leg;
        }
        return null;
    }

    public IEnumerable<Leg> All() => _legs.Select(static entry => entry.Value);

    public void SessionOpened() => Interlocked.Increment(ref _sessions);

    public void SessionEnded() => Interlocked.Decrement(ref _sessions);

    public void Dispose() => _meter.Dispose();
}
