using System.Collections.Concurrent;
using Webphone.Grains.Browsers;

namespace Webphone.WebFrontend.Hub;

/// <summary>Who is connected to this frontend: by connection, by user, and by session through the user. Safe from any thread.</summary>
internal sealed class HubDirectory
{
    private readonly ConcurrentDictionary<string, HubConnection> _connections = new();
    private readonly Dictionary<string, HubUser> _users = [];
    private readonly Lock _gate = new();

    public int Count => _connections.Count;

    public IEnumerable<HubConnection> Connections => _connections.Select(static entry => entry.Value);

    public HubConnection? Find(string id) => _connections.GetValueOrDefault(id);

    public HubUser? FindUser(string userKey)
    {
        lock (_gate)
            return _users.GetValueOrDefault(userKey);
    }

    public HubSession? FindSession(string sessionKey) => FindUser(SessionKey.Split(sessionKey).UserKey)?.FindSession(sessionKey);

    public IReadOnlyList<HubUser> Users()
    {
        lock (_gate)
            return [.. _users.Values];
    }

    /// <summary>False when the user has too many connections.</summary>
    public bool TryAdd(HubConnection connection, int mostOfUser)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue(connection.UserKey, out var user))
                _users[connection.UserKey] = user = new HubUser(connection.UserKey);
            if (!user.TryConnect(mostOfUser))
                return false;
        }
        _connections[connection.Id] = connection;
        return true;
    }

    /// <summary>The user when that was their last connection here.</summary>
    public HubUser? Remove(HubConnection connection)
    {
        if (!_connections.TryRemove(connection.Id, out _))
            return null;
        if (connection.Session is { } session)
            session.User.Leave(session, connection);
        lock (_gate)
        {
            if (!_users.TryGetValue(connection.UserKey, out var user))
                return null;
            user.Disconnect();
            if (user.Connections > 0)
                return null;
            _users.Remove(connection.UserKey);
            return user;
        }
    }
}
