using Webphone.Sip.Subscriptions;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>A subscription as a store keeps it.</summary>
/// <param name="Id">Its own name: our tag of its dialog.</param>
/// <param name="User">Whose phone it is: <c>tenant/extension</c>.</param>
/// <param name="Target">What it is to, as the phone named it.</param>
/// <param name="Package">The event package.</param>
/// <param name="Flow">The way to the phone, as text.</param>
/// <param name="Since">When it began, in seconds since 1970.</param>
/// <param name="Dialog">Its dialog.</param>
internal sealed record StoredSubscription(
    string Id, string User, string Target, LampPackage Package, string Flow, long Since, SubscriptionRecord Dialog);

/// <summary>Keeps subscriptions over a restart. Written when one begins, moves or ends; a refresh is not. Nothing waits for it. Safe from any thread.</summary>
internal interface ISubscriptionStore
{
    void Save(StoredSubscription subscription);

    void Remove(string id);

    /// <summary>Those of the node.</summary>
    Task<IReadOnlyList<StoredSubscription>> Load(string node);

    /// <summary>Makes one of another node this one's. False when it is that node's no more: it is over, or a third has it.</summary>
    Task<bool> TakeOver(string id, string from);
}
