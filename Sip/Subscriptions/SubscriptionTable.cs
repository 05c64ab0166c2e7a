using System.Text;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Subscriptions;

/// <summary>The subscriptions of one stack, found by their dialogs. For the stack's turns.</summary>
public sealed class SubscriptionTable
{
    private readonly SipStack _stack;
    private readonly Dictionary<UInt128, Subscription> _all = [];

    internal SubscriptionTable(SipStack stack) => _stack = stack;

    public int Count => _all.Count;

    /// <summary>
    /// Grants a SUBSCRIBE outside any dialog: answers it with 200 and notifies at once; with 0 seconds it is told once and that is all. False when the request
    /// was answered already, or names no event or no contact (it then gets its 489 or 400).
    /// </summary>
    /// <param name="subscribe">The request.</param>
    /// <param name="seconds">The time that is granted.</param>
    /// <param name="owner">Who knows what it is to.</param>
    /// <param name="made">Called with the subscription before anything is sent.</param>
    public bool Open(ServerTransaction subscribe, int seconds, ISubscriptionOwner owner, Action<Subscription> made)
    {
        if (subscribe.IsAnswered)
            return false;
        var request = subscribe.Request;
        if (!TryReadEvent(request, out var eventValue))
        {
            _stack.Refuse(subscribe, 489);
            return false;
        }
        var dialog = Dialog.ForCallee(_stack.Seed, request, subscribe.LocalTag, subscribe.Flow);
        if (!request.TryGetContact(out _) || request.FromTag.IsEmpty)
        {
            _stack.Refuse(subscribe, 400);
            return false;
        }
        dialog.Confirm();
        var subscription = new Subscription(_stack, dialog, eventValue, owner);
        _all[dialog.Key] = subscription;
        subscription.Allow(seconds);
        made(subscription);
        subscription.Grant(subscribe, seconds);
        return true;
    }

    /// <summary>
    /// Goes on with a subscription of an earlier run, as if it had just been refreshed. One that is reachable is told everything now, another when it is
    /// heard of.
    /// </summary>
    /// <param name="record">What was kept of it.</param>
    /// <param name="firstCSeq">Above every number that the earlier run can have used.</param>
    /// <param name="flow">The way to the subscriber.</param>
    /// <param name="isReachable">Whether that way can be gone now.</param>
    /// <param name="owner">Who knows what it is to.</param>
    /// <param name="made">Called with the subscription before anything is sent.</param>
    public void Restore(SubscriptionRecord record, uint firstCSeq, in SipFlow flow, bool isReachable, ISubscriptionOwner owner, Action<Subscription> made)
    {
        var dialog = Dialog.Restored(_stack.Seed, record, firstCSeq, flow);
        var subscription = new Subscription(_stack, dialog, Encoding.UTF8.GetBytes(record.Event), owner);
        if (!_all.TryAdd(dialog.Key, subscription))
            return;
        subscription.Allow(record.GrantedSeconds);
        made(subscription);
        subscription.GoOn(isAway: !isReachable);
    }

    /// <summary>The Event of a request as its NOTIFY requests repeat it: the package and the id (RFC 6665 §8.2.1).</summary>
    public static bool TryReadEvent(SipMessage request, out byte[] value)
    {
        value = [];
        if (!TokenValue.TryParse(request.Headers(HeaderName.Event).First, out var parsed, out _))
            return false;
        value = parsed.Id.IsEmpty ? parsed.Token.ToArray() : [.. parsed.Token, .. ";id="u8, .. parsed.Id];
        return true;
    }

    internal Subscription? Find(SipMessage request) =>
        _all.GetValueOrDefault(DialogTable.KeyOf(_stack.Seed, request.CallId, request.ToTag, request.FromTag));

    internal void Remove(Subscription subscription) => _all.Remove(subscription.Dialog.Key);
}
