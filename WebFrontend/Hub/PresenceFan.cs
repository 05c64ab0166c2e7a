using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Presence;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>
/// The second level of the presence fan-out: a presence grain tells this frontend once, and each SignalR group of connections that watch the same list is sent
/// what changed within <see cref="BatchTime"/> as one message, written once. Safe from any thread.
/// </summary>
internal sealed partial class PresenceFan : IPresenceWatcher, IDisposable
{
    /// <summary>How long changes are gathered.</summary>
    public static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(20);

    private const int AskedAtOnce = 32;

    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<PresenceFan> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedUser> _users = [];
    private readonly Dictionary<string, WatchedSet> _sets = [];
    private readonly HashSet<WatchedUser> _changed = [];
    private readonly ITimer _flush;
    private readonly Lazy<IPresenceWatcher> _reference;
    private bool _flushing;

    public PresenceFan(IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, TimeProvider time, ILogger<PresenceFan> logger)
    {
        _hub = hub;
        _grains = grains;
        _time = time;
        _logger = logger;
        // Made when it is wanted first: the engine may not run yet.
        _reference = new Lazy<IPresenceWatcher>(() => grains.CreateObjectReference<IPresenceWatcher>(this));
        _flush = time.CreateTimer(static fan => ((PresenceFan)fan!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed class WatchedUser(string key)
    {
        public string Key => key;

        public PresenceView? View { get; set; }

        public HashSet<WatchedSet> Sets { get; } = [];
    }

    public Task PresenceChanged(string userKey, PresenceView presence)
    {
        lock (_gate)
            Take(userKey, presence);
        return Task.CompletedTask;
    }

    /// <summary>Replaces what the connection watches; the answer is how they are now.</summary>
    public async Task<ImmutableArray<PresenceEntry>> Watch(HubConnection connection, ImmutableArray<string> userKeys)
    {
        var set = Join(userKeys, out var asked);
        await _hub.Groups.AddToGroupAsync(connection.Id, set.Group);
        var before = connection.Watched;
        connection.Watched = set;
        if (before is not null)
        {
            if (before != set)
                await _hub.Groups.RemoveFromGroupAsync(connection.Id, before.Group);
            Leave(before);
        }
        foreach (var some in asked.Chunk(AskedAtOnce))
            await Task.WhenAll(some.Select(Ask));
        lock (_gate)
            return [.. set.UserKeys.Select(key => _users.GetValueOrDefault(key)?.View).OfType<PresenceView>().Select(EntryOf)];
    }

    /// <summary>The connection is gone.</summary>
    public void Forget(HubConnection connection)
    {
        if (connection.Watched is { } set)
            Leave(set);
        connection.Watched = null;
    }

    /// <summary>Renews the watch of every user that anyone here watches; within every <see cref="WatchLease.RenewEvery"/>.</summary>
    public async Task Renew()
    {
        List<string> keys;
        lock (_gate)
            keys = [.. _users.Keys];
        foreach (var some in keys.Chunk(AskedAtOnce))
            await Task.WhenAll(some.Select(Ask));
    }

    public void Dispose() => _flush.Dispose();

    private WatchedSet Join(ImmutableArray<string> userKeys, out List<string> asked)
    {
        var sorted = userKeys.Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', sorted))));
        asked = [];
        lock (_gate)
        {
            if (!_sets.TryGetValue(id, out var set))
                _sets[id] = set = new WatchedSet(id, sorted);
            set.Connections++;
            foreach (var key in sorted)
            {
                if (!_users.TryGetValue(key, out var user))
                    _users[key] = user = new WatchedUser(key);
                user.Sets.Add(set);
                if (user.View is null)
                    asked.Add(key);
            }
            return set;
        }
    }

    private void Leave(WatchedSet set)
    {
        var over = new List<string>();
        lock (_gate)
        {
            if (--set.Connections > 0)
                return;
            _sets.Remove(set.Id);
            foreach (var key in set.UserKeys)
            {
                if (!_users.TryGetValue(key, out var user))
                    continue;
                user.Sets.Remove(set);
                if (user.Sets.Count > 0)
                    continue;
                _users.Remove(key);
                over.Add(key);
            }
        }
        foreach (var key in over)
            _ = Unwatch(key);
    }

    private async Task Ask(string userKey)
    {
        try
        {
            var view = await _grains.GetGrain<IPresenceGrain>(userKey).Watch(_reference.Value);
            lock (_gate)
                Take(userKey, view);
        }
        // The edge of one question: the next renewal asks again.
        catch (Exception failure)
        {
            LogNotWatched(failure, userKey);
        }
    }

    private async Task Unwatch(string userKey)
    {
        try
        {
            await _grains.GetGrain<IPresenceGrain>(userKey).Unwatch(_reference.Value);
            if (IsWanted(userKey))
                await Ask(userKey);
        }
        // The lease ends by itself.
        catch (Exception failure)
        {
            LogNotWatched(failure, userKey);
        }
    }

    /// <summary>Somebody may watch again whose watch the end of the one before undid.</summary>
    private bool IsWanted(string userKey)
    {
        lock (_gate)
            return _users.ContainsKey(userKey);
    }

    private void Take(string userKey, PresenceView view)
    {
        if (!_users.TryGetValue(userKey, out var user) || user.View?.Version >= view.Version)
            return;
        var isNews = user.View is not null && user.View != view with { Version = user.View.Version };
        user.View = view;
        if (!isNews)
            return;
        _changed.Add(user);
        if (_flushing)
            return;
        _flushing = true;
        _flush.Change(BatchTime, Timeout.InfiniteTimeSpan);
    }

    private void Flush()
    {
        var messages = new Dictionary<WatchedSet, List<PresenceEntry>>();
        lock (_gate)
        {
            _flushing = false;
            foreach (var user in _changed)
            {
                var entry = EntryOf(user.View!);
                foreach (var set in user.Sets)
                {
                    if (!messages.TryGetValue(set, out var batch))
                        messages[set] = batch = [];
                    batch.Add(entry);
                }
            }
            _changed.Clear();
        }
        foreach (var (set, batch) in messages)
            _ = Send(set, [.. batch]);
    }

    private async Task Send(WatchedSet set, ImmutableArray<PresenceEntry> batch)
    {
        try
        {
            await _hub.Clients.Group(set.Group).PresenceChanged(batch);
        }
        // The edge of one message: a client that missed it starts from a snapshot.
        catch (Exception failure)
        {
            LogNotSent(failure, set.Group);
        }
    }

    private static PresenceEntry EntryOf(PresenceView view) => new(view.Extension, view.Version, view.State, view.DoNotDisturb, view.Calls);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The presence of {UserKey} could not be watched")]
    private partial void LogNotWatched(Exception failure, string userKey);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence could not be sent to {Group}")]
    private partial void LogNotSent(Exception failure, string group);
}
