using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.Sip.Driving;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// The second level of the presence fan-out at the SIP edge: a grain tells this edge once, a document is written once for each lamp, and every subscriber
/// of the lamp is notified by its own shard. Safe from any thread.
/// </summary>
internal sealed partial class LampBoard : IPresenceWatcher, ISlotWatcher, IRoomLampWatcher, IDisposable
{
    private const int AskedAtOnce = 32;

    private readonly IGrainFactory _grains;
    private readonly IDirectory _directory;
    private readonly IMailboxCounts _mailboxes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LampSource> _sources = [];
    private readonly Dictionary<SipShard, LampPump> _pumps = [];
    private readonly Lazy<IPresenceWatcher> _reference;
    private readonly Lazy<ISlotWatcher> _slotReference;
    private readonly Lazy<IRoomLampWatcher> _roomReference;

    public LampBoard(IGrainFactory grains, IDirectory directory, IMailboxCounts mailboxes, TimeProvider time, ILogger logger)
    {
        _grains = grains;
        _directory = directory;
        _mailboxes = mailboxes;
        _time = time;
        _logger = logger;
        // Made when they are wanted first: the engine may not run yet.
        _reference = new Lazy<IPresenceWatcher>(() => grains.CreateObjectReference<IPresenceWatcher>(this));
        _slotReference = new Lazy<ISlotWatcher>(() => grains.CreateObjectReference<ISlotWatcher>(this));
        _roomReference = new Lazy<IRoomLampWatcher>(() => grains.CreateObjectReference<IRoomLampWatcher>(this));
        mailboxes.Changed += MailboxChanged;
    }

    public IPresenceWatcher Reference => _reference.Value;

    public ISlotWatcher SlotReference => _slotReference.Value;

    public IRoomLampWatcher RoomReference => _roomReference.Value;

    /// <summary>Shards whose subscribers it tells; before anything else.</summary>
    public void Serve(IEnumerable<SipShard> shards)
    {
        foreach (var shard in shards)
            _pumps[shard] = new LampPump(shard, _logger);
    }

    /// <summary>
    /// The lamp, once it is known how it stands; null when nobody says so in time. It is kept for whoever asked until <see cref="Release"/>.
    /// </summary>
    public async Task<Lamp?> Find(LampTarget target, LampPackage package, string domain)
    {
        var lamp = Pin(target, package, domain, out var isKnown);
        if (isKnown)
            return lamp;
        try
        {
            await Ask(lamp.Source).WaitAsync(EdgeLimits.CommandTimeout, _time);
            return lamp;
        }
        // The edge of one question: who wants to subscribe is told to try again.
        catch (Exception failure)
        {
            LogNotWatched(_logger, failure, lamp.Source.Key);
            Release(lamp);
            return null;
        }
    }

    /// <summary>Whoever found the lamp has joined, or will not.</summary>
    public void Release(Lamp lamp)
    {
        lock (_gate)
            lamp.Pins--;
    }

    /// <summary>From now on the subscriber, who has found the lamp, is told of it.</summary>
    public void Join(Lamp lamp, LampSubscriber subscriber)
    {
        lock (_gate)
            lamp.Subscribers.Add(subscriber);
    }

    /// <summary>One that nobody watches is let go with the next renewal: who unsubscribes often subscribes again.</summary>
    public void Leave(Lamp lamp, LampSubscriber subscriber)
    {
        lock (_gate)
            lamp.Subscribers.Remove(subscriber);
    }

    /// <summary>A source heard something: <paramref name="take"/> says whether it is news.</summary>
    public void Take(LampSource source, Func<bool> take)
    {
        lock (_gate)
        {
            if (!take())
                return;
            foreach (var lamp in source.Lamps.Values)
            {
                if (!lamp.Update(source.Write(lamp)))
                    continue;
                foreach (var subscriber in lamp.Subscribers)
                {
                    subscriber.LampChanged(lamp);
                    _pumps[subscriber.Shard].Add(subscriber);
                }
            }
        }
    }

    /// <summary>Renews the watch of everything that anyone here watches; within every <see cref="WatchLease.RenewEvery"/>.</summary>
    public async Task Renew()
    {
        List<LampSource> sources;
        lock (_gate)
            sources = [.. _sources.Values];
        foreach (var some in sources.Chunk(AskedAtOnce))
            await Task.WhenAll(some.Select(Renew));
    }

    public Task PresenceChanged(string userKey, PresenceView presence)
    {
        if (Heard(userKey) is UserSource user)
            Take(user, () => user.TryTake(presence));
        return Task.CompletedTask;
    }

    public Task SlotsChanged(string tenant, SlotsView slots)
    {
        if (Heard(SlotsKey(tenant)) is SlotsSource source)
            Take(source, () => source.TryTake(slots));
        return Task.CompletedTask;
    }

    public Task RoomLampChanged(string tenant, RoomLamp room)
    {
        if (Heard(RoomsKey(tenant)) is RoomsSource source)
            Take(source, () => source.TryTake(room));
        return Task.CompletedTask;
    }

    public void Dispose() => _mailboxes.Changed -= MailboxChanged;

    private static string SlotsKey(string tenant) => $"slots {tenant}";

    private static string RoomsKey(string tenant) => $"rooms {tenant}";

    private static string MailboxKey(string userKey) => $"mailbox {userKey}";

    private Lamp Pin(LampTarget target, LampPackage package, string domain, out bool isKnown)
    {
        lock (_gate)
        {
            var source = SourceOf(target, package);
            if (!source.Lamps.TryGetValue((target, package), out var lamp))
            {
                source.Lamps[(target, package)] = lamp = new Lamp(source, target, package, domain);
                if (source.IsKnown)
                    lamp.Update(source.Write(lamp));
            }
            lamp.Pins++;
            isKnown = source.IsKnown;
            return lamp;
        }
    }

    private LampSource? Heard(string key)
    {
        lock (_gate)
            return _sources.GetValueOrDefault(key);
    }

    private LampSource SourceOf(LampTarget target, LampPackage package)
    {
        var key = (target.Kind, package) switch
        {
            (_, LampPackage.MessageSummary) => MailboxKey(target.UserKey),
            (LampKind.Slot, _) => SlotsKey(target.Tenant),
            (LampKind.Room or LampKind.OwnRoom, _) => RoomsKey(target.Tenant),
            _ => target.UserKey,
        };
        if (_sources.TryGetValue(key, out var source))
            return source;
        return _sources[key] = (target.Kind, package) switch
        {
            (_, LampPackage.MessageSummary) => new MailboxSource(key, target.UserKey, _mailboxes),
            (LampKind.Slot, _) => new SlotsSource(key, _grains.GetGrain<ITenantSlotsGrain>(target.Tenant)),
            (LampKind.Room or LampKind.OwnRoom, _) => new RoomsSource(key, _grains.GetGrain<ITenantRoomsGrain>(target.Tenant)),
            _ => new UserSource(key, target.Tenant, target.Number, _grains.GetGrain<IPresenceGrain>(key), _directory),
        };
    }

    private Task Ask(LampSource source)
    {
        lock (_gate)
        {
            if (source.Asking is { } asking)
                return asking;
            var question = Once();
            // One that is answered already has taken itself out.
            if (!question.IsCompleted)
                source.Asking = question;
            return question;
        }

        async Task Once()
        {
            // Off this lock, and off the turn of whoever asks.
            await Task.Yield();
            try
            {
                await source.Watch(this);
            }
            finally
            {
                lock (_gate)
                    source.Asking = null;
            }
        }
    }

    private async Task Renew(LampSource source)
    {
        if (IsUnused(source))
        {
            await Unwatch(source);
            return;
        }
        try
        {
            await Ask(source).WaitAsync(EdgeLimits.CommandTimeout, _time);
        }
        // The edge of one question: the next renewal asks again.
        catch (Exception failure)
        {
            LogNotWatched(_logger, failure, source.Key);
        }
    }

    private bool IsUnused(LampSource source)
    {
        lock (_gate)
        {
            foreach (var (key, lamp) in source.Lamps)
            {
                // Removing is the one change that an enumerated dictionary allows.
                if (lamp.IsUnused)
                    source.Lamps.Remove(key);
            }
            return source.Lamps.Count == 0 && source.Asking is null && _sources.Remove(source.Key);
        }
    }

    private async Task Unwatch(LampSource source)
    {
        try
        {
            await source.Unwatch(this);
        }
        // The lease ends by itself.
        catch (Exception failure)
        {
            LogNotWatched(_logger, failure, source.Key);
        }
    }

    private void MailboxChanged(string userKey)
    {
        if (Heard(MailboxKey(userKey)) is { } source)
            _ = Renew(source);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lamps of {Source} could not be watched")]
    private static partial void LogNotWatched(ILogger logger, Exception failure, string source);
}
