using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.WebFrontend.Hub;

/// <summary>A user of whom browsers are connected to this frontend: their sessions here, and their calls as last told. Safe from any thread.</summary>
internal sealed class HubUser(string key)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HubSession> _sessions = [];
    private readonly Dictionary<string, CallView> _calls = [];
    private int _connections;

    public string Key => key;

    public string Tenant { get; } = key[..key.IndexOf('/', StringComparison.Ordinal)];

    public string Extension { get; } = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public ImmutableArray<HubSession> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _sessions.Values];
        }
    }

    public int Connections
    {
        get
        {
            lock (_gate)
                return _connections;
        }
    }

    /// <summary>False when the user has <paramref name="most"/> connections.</summary>
    public bool TryConnect(int most)
    {
        lock (_gate)
        {
            if (_connections >= most)
                return false;
            _connections++;
            return true;
        }
    }

    public void Disconnect()
    {
        lock (_gate)
            _connections--;
    }

    /// <summary>The session, which the connection is one of from now on.</summary>
    public HubSession Join(string sessionKey, HubConnection connection)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(sessionKey, out var session))
                _sessions[sessionKey] = session = new HubSession(sessionKey, this);
            session.Add(connection);
            return session;
        }
    }

    public HubSession? FindSession(string sessionKey)
    {
        lock (_gate)
            return _sessions.GetValueOrDefault(sessionKey);
    }

    /// <summary>A session without connections is gone; one that another connection joins meanwhile is not.</summary>
    public void Leave(HubSession session, HubConnection connection)
    {
        lock (_gate)
        {
            if (session.Remove(connection))
                _sessions.Remove(session.Key);
        }
    }

    public CallView? FindCall(string callKey)
    {
        lock (_gate)
            return _calls.GetValueOrDefault(callKey);
    }

    /// <summary>Numbers of the conferences that the user's calls are in.</summary>
    public IReadOnlyList<string> Rooms
    {
        get
        {
            lock (_gate)
                return [.. _calls.Values.Select(call => call.Room).OfType<string>().Distinct()];
        }
    }

    /// <summary>Takes the news of a call; false when it is out of date.</summary>
    public bool Take(CallView call)
    {
        lock (_gate)
        {
            if (_calls.TryGetValue(call.CallKey, out var known) && known.Version >= call.Version)
                return false;
            if (call.Phase == CallPhase.Ended)
                _calls.Remove(call.CallKey);
            else
                _calls[call.CallKey] = call;
            return true;
        }
    }

    /// <summary>Takes a snapshot of the user's calls; the answer is what of it is news, calls that are gone without a word among it.</summary>
    public ImmutableArray<CallView> TakeAll(ImmutableArray<CallView> calls, DateTimeOffset now)
    {
        var news = ImmutableArray.CreateBuilder<CallView>();
        lock (_gate)
        {
            foreach (var gone in _calls.Values.Where(known => calls.All(call => call.CallKey != known.CallKey)).ToList())
            {
                // One that began after the snapshot was taken is not gone.
                if (now - gone.StartedAt < TimeSpan.FromSeconds(5))
                    continue;
                _calls.Remove(gone.CallKey);
                news.Add(gone with { Version = gone.Version + 1, Phase = CallPhase.Ended, EndedAt = now, End = CallEnd.Interrupted });
            }
            foreach (var call in calls)
            {
                if (_calls.TryGetValue(call.CallKey, out var known) && known.Version >= call.Version)
                    continue;
                _calls[call.CallKey] = call;
                news.Add(call);
            }
        }
        return news.DrainToImmutable();
    }
}
