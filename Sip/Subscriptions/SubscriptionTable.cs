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
    /// Grants a SUBSCRIBE outside any dialog: answers it with 200 and notifies at once; with 0 seconds it is told once and that is all. Null when the request
    /// was answered already, or names no event or no contact (it then gets its 489 or 400).
    /// </summary>
    public Subscription? Open(ServerTransaction subscribe, int seconds, ISubscriptionOwner owner)
    {
        if (subscribe.IsAnswered)
            return null;
        var request = subscribe.Request;
        if (!TryReadEvent(request, out var eventValue))
        {
            _stack.Refuse(subscribe, 489);
            return null;
        }
        var dialog = Dialog.ForCallee(_stack.Seed, request, subscribe.LocalTag, subscribe.Flow);
        if (!request.TryGetContact(out _) || request.FromTag.IsEmpty)
        {
            _stack.Refuse(subscribe, 400);
            return null;
        }
        dialog.Confirm();
        var subscription = new Subscription(_stack, dialog, eventValue, owner);
        _all[dialog.Key] = subscription;
        subscription.Grant(subscribe, seconds);
        return subscription;
    }

    /// <summary>
    /// Goes on with a subscription of an earlier run, as if it had just been refreshed. With a flow its subscriber is told everything now, without one
    /// when it is heard of.
    /// </summary>
    /// <param name="record">What was kept of it.</param>
    /// <param name="firstCSeq">Above every number that the earlier run can have used.</param>
    /// <param name="flow">The way to the subscriber, or null while there is none.</param>
    /// <param name="owner">Who knows what it is to.</param>
    public Subscription Restore(SubscriptionRecord record, uint firstCSeq, SipFlow? flow, ISubscriptionOwner owner)
    {
        var dialog = Dialog.Restored(_stack.Seed, record, firstCSeq, flow ?? default);
        var subscription = new Subscription(_stack, dialog, Encoding.UTF8.GetBytes(record.Event), owner);
        _all[dialog.Key] = subscription;
        subscription.GoOn(record.GrantedSeconds, isAway: flow is null);
        return subscription;
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
