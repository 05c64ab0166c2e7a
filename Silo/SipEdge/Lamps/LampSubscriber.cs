using Webphone.Net.Sip.Driving;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>A phone's subscription and what it is to: one lamp, or a list of them.</summary>
internal abstract class LampSubscriber(Watching watching, SipShard shard, string userKey, LampTarget target, LampPackage package) : ISubscriptionOwner
{
    private int _queued;

    public SipShard Shard => shard;

    /// <summary>Whose phone it is: <c>tenant/extension</c>.</summary>
    public string UserKey => userKey;

    public LampTarget Target => target;

    public LampPackage Package => package;

    /// <summary>Set when it has been granted. What it says of its dialog is for turns of its shard.</summary>
    public Subscription? Subscription { get; set; }

    /// <summary>When it began, in seconds since 1970; for turns of its shard.</summary>
    public long Since { get; set; }

    /// <summary>The lamps that it is told of.</summary>
    public abstract IEnumerable<Lamp> Lamps { get; }

    /// <summary>False when it waits to be told already.</summary>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>In a turn of its shard.</summary>
    public void Tell()
    {
        Volatile.Write(ref _queued, 0);
        Subscription?.Changed();
    }

    /// <summary>Under the board's lock; <see cref="Tell"/> follows.</summary>
    public virtual void LampChanged(Lamp lamp)
    {
    }

    public abstract SipPayload State(Subscription subscription, bool isFull);

    public void OnRefresh(Subscription subscription, ServerTransaction subscribe) => watching.Refresh(this, subscribe);

    public void OnOver(Subscription subscription) => watching.Forget(this);
}

/// <summary>A subscription to one lamp.</summary>
internal sealed class OneLamp(Watching watching, SipShard shard, string userKey, Lamp lamp) : LampSubscriber(watching, shard, userKey, lamp.Target, lamp.Package)
{
    public override IEnumerable<Lamp> Lamps => [lamp];

    public override SipPayload State(Subscription subscription, bool isFull) =>
        new(default, lamp.Document.Numbered(subscription.Version), lamp.Package.ContentType());
}
