using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Subscriptions;

/// <summary>Who knows what a subscription is to: one for each. Called in turns of the stack.</summary>
public interface ISubscriptionOwner
{
    /// <summary>
    /// How things stand, for a NOTIFY that goes out now. What does not fit is announced by <see cref="Subscription.Changed"/> from within, and asked for again.
    /// The bytes are used before the call that asked returns.
    /// </summary>
    /// <param name="subscription">Whose.</param>
    /// <param name="isFull">Everything, else what is new since the last time.</param>
    SipPayload State(Subscription subscription, bool isFull);

    /// <summary>
    /// The subscriber refreshes, or unsubscribes (Expires: 0). Answer with <see cref="Subscription.Refresh"/>, or refuse by
    /// <see cref="SipStack.Respond"/>, now or later; a refusal leaves the subscription as it was.
    /// </summary>
    void OnRefresh(Subscription subscription, ServerTransaction subscribe);

    /// <summary>The subscription is over and forgotten.</summary>
    void OnOver(Subscription subscription);
}
