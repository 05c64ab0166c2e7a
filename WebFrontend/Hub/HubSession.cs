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
    private readonly Dictionary<LegId, (string CallKey, bool Lost)> _legs = [];
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

    public void Know(LegId leg, string callKey, bool lost)
    {
        lock (_gate)
        {
            if (_legs.Count < MostLegs || _legs.ContainsKey(leg))
                _legs[leg] = (callKey, lost);
        }
    }

    /// <summary>The session asks for a call by this leg; nothing is known of it yet.</summary>
    public void Expect(LegId leg)
    {
        lock (_gate)
        {
            if (_legs.Count < MostLegs)
                _legs.TryAdd(leg, ("", false));
        }
    }

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
                _legs[leg] = (callKey, known.Lost);
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

    /// <summary>Whether the leg is the session's, and whether its media is lost.</summary>
    public bool Owns(LegId leg, out bool lost)
    {
        lock (_gate)
        {
            var owns = _legs.TryGetValue(leg, out var known);
            lost = known.Lost;
            return owns;
        }
    }
}
