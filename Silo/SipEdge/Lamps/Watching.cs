using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// Answers SUBSCRIBE: who may watch what, for how long, and of which event package. Whoever gets here has proved who they are, and watches within their own tenant.
/// Safe from any thread but where it says otherwise.
/// </summary>
internal sealed partial class Watching : IDisposable
{
    private readonly EdgeContext _edge;
    private readonly DigestGate _gate;
    private readonly LampBoard _board;
    private readonly ISubscriptionStore _store;
    private readonly SubscriberIndex _index;
    private readonly Meter _meter = new("Webphone.Silo");

    /// <summary>Registrations since the start, until the subscriptions of the last run go on, which they may be for.</summary>
    private volatile ConcurrentDictionary<string, ConcurrentQueue<(IReadOnlyCollection<string> Contacts, SipFlow Flow)>>? _early = new();

    public Watching(EdgeContext edge, DigestGate gate, LampBoard board, ISubscriptionStore store)
    {
        _edge = edge;
        _gate = gate;
        _board = board;
        _store = store;
        _index = new SubscriberIndex(edge.Options.MaxSubscriptionsOfUser, edge.Options.MaxSubscriptions);
        _meter.CreateObservableGauge("webphone.subscriptions", () => _index.Count, "{subscription}", "Lamps and lists that phones watch");
    }

    public int Count => _index.Count;

    /// <summary>A SUBSCRIBE outside any dialog, in its shard's turn.</summary>
    public void Take(SipShard shard, ServerTransaction subscribe, TenantRecord tenant, UserRecord user)
    {
        var request = subscribe.Request;
        if (!LampPackages.TryParse(request.Headers(HeaderName.Event).First, out var package))
        {
            shard.Stack.Respond(subscribe, 489, new SipPayload(new HeaderLines().Add("Allow-Events", LampPackages.Allowed).Bytes));
            return;
        }
        if (!TryGrant(shard, subscribe, out var seconds))
            return;
        var name = request.TryGetRequestUri(out var uri) ? uri.UserText : "";
        var found = LampTarget.Find(name, user, _edge.Directory);
        var refusal = found is { } target ? Refusal(request, target, package, user) : 404;
        if (refusal != 0)
        {
            shard.Stack.Respond(subscribe, refusal, refusal == 421 ? new SipPayload(new HeaderLines().Add("Require", "eventlist").Bytes) : default);
            return;
        }
        if (_index.IsFull && seconds > 0)
        {
            shard.Stack.Respond(subscribe, 503, new SipPayload(new HeaderLines().Add("Retry-After", "60").Bytes));
            return;
        }
        _ = Open(shard, subscribe, user, tenant, found!.Value, package, seconds);
    }

    /// <summary>A refresh, in its shard's turn. By the way that it knows it is believed, and by any other once it proves whose it is.</summary>
    public void Refresh(LampSubscriber subscriber, ServerTransaction subscribe)
    {
        var (shard, subscription) = (subscriber.Shard, subscriber.Subscription!);
        var (tenantName, extension) = UserOf(subscriber.UserKey);
        if (_edge.Directory.FindTenant(tenantName) is not { } tenant || _edge.Directory.FindUser(tenantName, extension) is not { } user)
        {
            shard.Stack.Respond(subscribe, 403);
            subscription.End(SubscriptionEnd.Rejected);
            return;
        }
        var isKnown = subscription.Stage != SubscriptionStage.Away && subscription.Dialog.Flow.Remote.Address.Equals(subscribe.Flow.Remote.Address);
        if (!isKnown && !_gate.HasProved(subscribe.Flow, tenantName, extension))
        {
            if (_gate.Admit(shard.Stack, subscribe, tenant) is not { } proved)
                return;
            if (proved.Extension != user.Extension)
            {
                shard.Stack.Respond(subscribe, 403);
                return;
            }
        }
        if (!TryGrant(shard, subscribe, out var seconds))
            return;
        var moved = subscription.Refresh(subscribe, seconds);
        if (seconds == 0)
            return;
        _index.Refreshed(subscriber);
        if (moved)
            Save(subscriber);
    }

    /// <summary>
    /// The user's phone registered over a flow: lamps of the phone that has that contact follow it there, and so do those that lost their way
    /// and were at the same address.
    /// </summary>
    public void Registered(string userKey, IReadOnlyCollection<string> contacts, SipFlow flow)
    {
        _early?.GetOrAdd(userKey, static _ => new()).Enqueue((contacts, flow));
        foreach (var own in _index.OfUser(userKey).GroupBy(subscriber => subscriber.Shard))
        {
            own.Key.Run((Watching: this, Own: own, contacts, flow), static (_, state) =>
            {
                foreach (var subscriber in state.Own)
                    state.Watching.Follow(subscriber, state.contacts, state.flow);
            });
        }
    }

    /// <summary>One of the last run goes on: its phone may have registered already. In its shard's turn.</summary>
    public void CatchUp(LampSubscriber subscriber)
    {
        if (_early?.GetValueOrDefault(subscriber.UserKey) is not { } registrations)
            return;
        foreach (var (contacts, flow) in registrations)
            Follow(subscriber, contacts, flow);
    }

    /// <summary>All subscriptions of the last run go on.</summary>
    public void CaughtUp() => _early = null;

    /// <summary>It is over; in its shard's turn.</summary>
    public void Forget(LampSubscriber subscriber)
    {
        foreach (var lamp in subscriber.Lamps)
            _board.Leave(lamp, subscriber);
        _index.Remove(subscriber);
        _store.Remove(IdOf(subscriber));
        LogOver(_edge.Logger, subscriber.UserKey, subscriber.Target.Name, subscriber.Package);
    }

    /// <summary>Sends every subscriber to another node.</summary>
    public void Drain()
    {
        foreach (var subscriber in _index.All())
            subscriber.Shard.Run(subscriber, static (_, leaving) => leaving.Subscription?.End(SubscriptionEnd.Deactivated));
    }

    /// <summary>A subscriber to what the target is, with its lamps found; null when it is not known how they stand. <see cref="Release"/> it in the end.</summary>
    public async Task<LampSubscriber?> Prepare(SipShard shard, UserRecord user, TenantRecord tenant, LampTarget target, LampPackage package)
    {
        var userKey = $"{user.Tenant}/{user.Extension}";
        if (target.Kind != LampKind.List)
            return await _board.Find(target, package, tenant.Domain) is { } lamp ? new OneLamp(this, shard, userKey, lamp) : null;
        var lamps = new List<(Lamp, string)>();
        foreach (var (name, label) in KeyLayout.Of(user, _edge.Directory))
        {
            if (LampTarget.Find(name, user, _edge.Directory) is { Kind: not LampKind.List } one && await _board.Find(one, package, tenant.Domain) is { } found)
                lamps.Add((found, label));
        }
        return new LampList(this, shard, userKey, target, package, LampPackages.EntityOf(target.Name, tenant.Domain), lamps);
    }

    public void Release(LampSubscriber subscriber)
    {
        foreach (var lamp in subscriber.Lamps)
            _board.Release(lamp);
    }

    /// <summary>It has been granted: it counts, and is told from now on. In its shard's turn.</summary>
    public void Join(LampSubscriber subscriber, Subscription subscription)
    {
        subscriber.Subscription = subscription;
        foreach (var lamp in subscriber.Lamps)
            _board.Join(lamp, subscriber);
        if (_index.Add(subscriber) is { } oldest)
            // Not in this turn, which may be another shard's.
            ThreadPool.UnsafeQueueUserWorkItem(static old => old.Shard.Run(old, static (_, ending) => ending.Subscription?.End(SubscriptionEnd.Probation)), oldest, preferLocal: false);
    }

    public void Dispose() => _meter.Dispose();

    private static (string Tenant, string Extension) UserOf(string userKey)
    {
        var slash = userKey.IndexOf('/');
        return (userKey[..slash], userKey[(slash + 1)..]);
    }

    private static string IdOf(LampSubscriber subscriber) => Encoding.ASCII.GetString(subscriber.Subscription!.Dialog.LocalTag);

    /// <summary>The time that is granted; false when the request has been answered with 423.</summary>
    private bool TryGrant(SipShard shard, ServerTransaction subscribe, out int seconds)
    {
        var options = _edge.Options;
        var longest = (uint)options.MaxSubscriptionTime.TotalSeconds;
        var asked = subscribe.Request.Expires ?? longest;
        seconds = (int)Math.Min(asked, longest);
        if (asked == 0 || asked >= options.MinExpires.TotalSeconds)
            return true;
        shard.Stack.Respond(subscribe, 423, new SipPayload(new HeaderLines().Add("Min-Expires", $"{(int)options.MinExpires.TotalSeconds}").Bytes));
        return false;
    }

    /// <summary>Why this may not be watched, or 0.</summary>
    private static int Refusal(SipMessage request, LampTarget target, LampPackage package, UserRecord user)
    {
        var isOwn = target.Number == user.Extension;
        if (target.Kind == LampKind.List)
        {
            // RFC 4662 §4.2: who does not say that it knows lists would not understand one.
            return !isOwn ? 403
                : package == LampPackage.MessageSummary ? 489
                : !request.HasToken(HeaderName.Supported, "eventlist"u8) && !request.HasToken(HeaderName.Require, "eventlist"u8) ? 421
                : 0;
        }
        if (package == LampPackage.MessageSummary && (target.Kind != LampKind.User || !isOwn))
            return 403;
        if (package == LampPackage.Presence && target.Kind != LampKind.User)
            return 404;
        return LampPackages.Accepts(request, package.ContentType()) ? 0 : 406;
    }

    private async Task Open(SipShard shard, ServerTransaction subscribe, UserRecord user, TenantRecord tenant, LampTarget target, LampPackage package, int seconds)
    {
        LampSubscriber? subscriber = null;
        try
        {
            subscriber = await Prepare(shard, user, tenant, target, package);
        }
        // The edge of one subscription: its phone is told to try again, others go on.
        catch (Exception failure)
        {
            LogFailed(_edge.Logger, failure, target.Name);
        }
        shard.Run((Watching: this, subscribe, subscriber, seconds), static (turn, state) =>
        {
            if (state.subscriber is { } granted)
                state.Watching.Grant(turn, state.subscribe, granted, state.seconds);
            else
                turn.Stack.Respond(state.subscribe, 503, new SipPayload(new HeaderLines().Add("Retry-After", "10").Bytes));
        });
        if (subscriber is not null)
            Release(subscriber);
    }

    private void Grant(SipShard shard, ServerTransaction subscribe, LampSubscriber subscriber, int seconds)
    {
        var isOpen = shard.Stack.Subscriptions.Open(subscribe, seconds, subscriber, subscription =>
        {
            Join(subscriber, subscription);
            if (seconds > 0)
                Save(subscriber);
        });
        if (isOpen)
            LogWatched(_edge.Logger, subscriber.UserKey, subscriber.Target.Name, subscriber.Package);
    }

    private void Follow(LampSubscriber subscriber, IReadOnlyCollection<string> contacts, in SipFlow flow)
    {
        var subscription = subscriber.Subscription!;
        var dialog = subscription.Dialog;
        if (subscription.IsEnding || dialog.Flow == flow)
            return;
        var isLost = subscription.Stage == SubscriptionStage.Away || !_edge.Network.IsOpen(dialog.Flow);
        var isSame = contacts.Contains(Encoding.UTF8.GetString(dialog.RemoteTarget)) || (isLost && dialog.Flow.Remote.Address.Equals(flow.Remote.Address));
        if (!isSame)
            return;
        subscription.MoveTo(flow);
        Save(subscriber);
    }

    /// <summary>Writes it down as it is now; in its shard's turn.</summary>
    public void Save(LampSubscriber subscriber)
    {
        var subscription = subscriber.Subscription!;
        _store.Save(new StoredSubscription(
            IdOf(subscriber), subscriber.UserKey, subscriber.Target.Name, subscriber.Package, _edge.Network.Describe(subscription.Dialog.Flow),
            subscriber.Since == 0 ? subscriber.Since = _edge.Time.GetUtcNow().ToUnixTimeSeconds() : subscriber.Since, subscription.ToRecord()));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{User} watches {Target} ({Package})")]
    private static partial void LogWatched(ILogger logger, string user, string target, LampPackage package);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{User} no longer watches {Target} ({Package})")]
    private static partial void LogOver(ILogger logger, string user, string target, LampPackage package);

    [LoggerMessage(Level = LogLevel.Error, Message = "A subscription to {Target} failed")]
    private static partial void LogFailed(ILogger logger, Exception failure, string target);
}
