namespace Webphone.Sip.Subscriptions;

/// <summary>What makes a subscription's dialog again after a restart. It changes when the subscriber moves, not when it refreshes or is notified.</summary>
/// <param name="Event">The Event value: the package, and the id where there is one.</param>
/// <param name="GrantedSeconds">The time that was granted.</param>
/// <param name="RemoteCSeq">The number of a request of the subscriber; none below comes any more.</param>
public sealed record SubscriptionRecord(
    string CallId,
    string Local,
    string LocalTag,
    string Remote,
    string RemoteTag,
    string RemoteTarget,
    string[] Routes,
    bool IsSecure,
    string Event,
    int GrantedSeconds,
    long RemoteCSeq);
