using System.Collections.Immutable;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;

namespace Webphone.WebFrontend.Hub;

/// <summary>A browser session as this frontend knows it: its connections here, and which legs are its own. Safe from any thread.</summary>
internal sealed class HubSession(string key, HubUser user)
{
    /// <summary>Far more than a session has at a time; the edge has its own bound.</summary>
    private const int MostLegs = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, OwnLeg> _legs = [];
    private ImmutableArray<HubConnection> _connections = [];

    public string Key => key;

    public HubUser User => user;

    public ImmutableArray<HubConnection> Connections
    {
        get
        {
            lock (_gate)
                return _connections;
        }
    }

    public void Add(HubConnection connection)
    {
        lock (_gate)
            _connections = _connections.Contains(connection) ? _connections : _connections.Add(connection);
    }

    /// <summary>True when it was the last.</summary>
    public bool Remove(HubConnection connection)
    {
        lock (_gate)
        {
            _connections = _connections.Remove(connection);
            return _connections.IsEmpty;
        }
    }

    /// <summary>What a tab that attaches is told of the session's leg.</summary>
    public void Know(SessionLeg leg) => Change(leg.Leg, _ => new OwnLeg(leg.CallKey, leg.Lost, leg.Consults));

    /// <summary>The leg is of this call now.</summary>
    public void Know(LegId leg, string callKey, LegId? consults) => Change(leg, _ => new OwnLeg(callKey, false, consults));

    public void Know(LegId leg, string callKey, bool lost) => Change(leg, known => new OwnLeg(callKey, lost, known?.Consults));

    /// <summary>The session asks for a call by this leg; nothing is known of it yet.</summary>
    public void Expect(LegId leg, LegId? consults) => Change(leg, known => known ?? new OwnLeg("", false, consults));

    /// <summary>The call that an expected leg came to be of; null when none came of it.</summary>
    public void Settle(LegId leg, string? callKey)
    {
        lock (_gate)
        {
            if (!_legs.TryGetValue(leg, out var known) || known.CallKey.Length > 0)
                return;
            if (callKey is null)
                _legs.Remove(leg);
            else
                _legs[leg] = known with { CallKey = callKey };
        }
    }

    public void Forget(string callKey)
    {
        lock (_gate)
        {
            foreach (var (leg, known) in _legs)
            {
                if (known.CallKey == callKey)
                    _legs.Remove(leg);
            }
        }
    }

    /// <summary>What is known of the leg; null when it is not the session's.</summary>
    public OwnLeg? Find(LegId leg)
    {
        lock (_gate)
            return _legs.GetValueOrDefault(leg);
    }

    private void Change(LegId leg, Func<OwnLeg?, OwnLeg> change)
    {
        lock (_gate)
        {
            var known = _legs.GetValueOrDefault(leg);
            if (known is not null || _legs.Count < MostLegs)
                _legs[leg] = change(known);
        }
    }
}

/// <summary>A leg of a session.</summary>
/// <param name="CallKey">Its call; empty while that is not known.</param>
/// <param name="Lost">Its media is lost.</param>
/// <param name="Consults">The leg for whose far side it asks.</param>
internal sealed record OwnLeg(string CallKey, bool Lost, LegId? Consults);
