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

    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly ILogger<PresenceFan> _logger;
    private readonly WatchedViews<PresenceView> _views;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedSet> _sets = [];
    private readonly Dictionary<string, HashSet<WatchedSet>> _setsOf = [];
    private readonly HashSet<string> _changed = [];
    private readonly ITimer _flush;
    private bool _flushing;

    public PresenceFan(IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, TimeProvider time, ILogger<PresenceFan> logger)
    {
        _hub = hub;
        _logger = logger;
        // Made when it is wanted first: the engine may not run yet.
        var watcher = new Lazy<IPresenceWatcher>(() => grains.CreateObjectReference<IPresenceWatcher>(this));
        _views = new WatchedViews<PresenceView>(
            new WatchedViews<PresenceView>.Source(
                key => grains.GetGrain<IPresenceGrain>(key).Watch(watcher.Value),
                key => grains.GetGrain<IPresenceGrain>(key).Unwatch(watcher.Value),
                static view => view.Version,
                IsWanted),
            Told,
            logger);
        _flush = time.CreateTimer(static fan => ((PresenceFan)fan!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task PresenceChanged(string userKey, PresenceView presence)
    {
        _views.Take(userKey, presence);
        return Task.CompletedTask;
    }

    /// <summary>Replaces what the connection watches; the answer is how they are now.</summary>
    public async Task<ImmutableArray<PresenceEntry>> Watch(HubConnection connection, ImmutableArray<string> userKeys)
    {
        var set = Join(userKeys);
        await _hub.Groups.AddToGroupAsync(connection.Id, set.Group);
        var before = connection.Watched;
        connection.Watched = set;
        if (before is not null)
        {
            if (before != set)
                await _hub.Groups.RemoveFromGroupAsync(connection.Id, before.Group);
            Leave(before);
        }
        await _views.Follow(set.UserKeys);
        return [.. set.UserKeys.Select(_views.Find).OfType<PresenceView>().Select(EntryOf)];
    }

    /// <summary>The connection is gone.</summary>
    public void Forget(HubConnection connection)
    {
        if (connection.Watched is { } set)
            Leave(set);
        connection.Watched = null;
    }

    /// <summary>Renews the watch of every user that anyone here watches; within every <see cref="WatchLease.RenewEvery"/>.</summary>
    public Task Renew() => _views.Renew();

    public void Dispose() => _flush.Dispose();

    private WatchedSet Join(ImmutableArray<string> userKeys)
    {
        var sorted = userKeys.Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', sorted))));
        lock (_gate)
        {
            if (!_sets.TryGetValue(id, out var set))
                _sets[id] = set = new WatchedSet(id, sorted);
            set.Connections++;
            foreach (var key in sorted)
            {
                if (!_setsOf.TryGetValue(key, out var sets))
                    _setsOf[key] = sets = [];
                sets.Add(set);
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
                if (!_setsOf.TryGetValue(key, out var sets) || !sets.Remove(set) || sets.Count > 0)
                    continue;
                _setsOf.Remove(key);
                over.Add(key);
            }
        }
        foreach (var key in over)
            _ = _views.LetGo(key);
    }

    private bool IsWanted(string userKey)
    {
        lock (_gate)
            return _setsOf.ContainsKey(userKey);
    }

    /// <summary>Who asked has the first view as their answer, and a renewal that only counts on is no news.</summary>
    private void Told(string userKey, PresenceView? before, PresenceView now)
    {
        if (before is null || before == now with { Version = before.Version })
            return;
        lock (_gate)
        {
            _changed.Add(userKey);
            if (_flushing)
                return;
            _flushing = true;
        }
        _flush.Change(BatchTime, Timeout.InfiniteTimeSpan);
    }

    private void Flush()
    {
        var messages = new Dictionary<WatchedSet, List<PresenceEntry>>();
        List<string> changed;
        lock (_gate)
        {
            _flushing = false;
            changed = [.. _changed];
            _changed.Clear();
        }
        foreach (var key in changed)
        {
            if (_views.Find(key) is not { } view)
                continue;
            var entry = EntryOf(view);
            lock (_gate)
            {
                foreach (var set in _setsOf.GetValueOrDefault(key) ?? [])
                {
                    if (!messages.TryGetValue(set, out var batch))
                        messages[set] = batch = [];
                    batch.Add(entry);
                }
            }
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Presence could not be sent to {Group}")]
    private partial void LogNotSent(Exception failure, string group);
}
