namespace Webphone.Grains.Presence;

/// <summary>What a lamp or a list shows of a user; the strongest that applies, in this order from weakest.</summary>
public enum PresenceState
{
    /// <summary>No device can be reached.</summary>
    Offline,
    Idle,
    DoNotDisturb,
    Held,
    OnCall,
    Ringing,
}

/// <summary>One user's presence. Versions only grow; a lower one is stale.</summary>
/// <param name="DoNotDisturb">Kept apart from the state, since a user on a call may have it on.</param>
/// <param name="Calls">How many calls the user has now.</param>
[GenerateSerializer, Immutable]
public sealed record PresenceView(string Extension, long Version, PresenceState State, bool DoNotDisturb, int Calls);

/// <summary>The presence of one user, and who watches it. The key is <c>tenant/extension</c>. Watchers are edges, each told once for all of its own subscribers.</summary>
public interface IPresenceGrain : IGrainWithStringKey
{
    Task Publish(PresenceView view);

    Task<PresenceView> Get();

    /// <summary>Subscribes, or renews for <see cref="Users.WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<PresenceView> Watch(IPresenceWatcher watcher);

    Task Unwatch(IPresenceWatcher watcher);
}

/// <summary>An edge that fans presence out to its own subscribers.</summary>
public interface IPresenceWatcher : IGrainObserver
{
    Task PresenceChanged(string userKey, PresenceView presence);
}
