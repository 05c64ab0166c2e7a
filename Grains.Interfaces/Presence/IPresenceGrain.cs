using System.Collections.Immutable;

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

/// <summary>What a lamp shows of a user, or of a room, a slot or anything else that has a number. Versions only grow; a lower one is stale.</summary>
/// <param name="DoNotDisturb">Kept apart from the state, since a user on a call may have it on.</param>
/// <param name="Calls">How many calls the user has now.</param>
/// <param name="Watched">The calls that lamps tell of, oldest first.</param>
[GenerateSerializer, Immutable]
public sealed record PresenceView(string Extension, long Version, PresenceState State, bool DoNotDisturb, int Calls, ImmutableArray<WatchedCall> Watched)
{
    public PresenceView(string extension, long version, PresenceState state, bool doNotDisturb, int calls)
        : this(extension, version, state, doNotDisturb, calls, [])
    {
    }

    /// <summary>What the user's phones publish of them; null when none does.</summary>
    [Id(0)]
    public PublishedStatus? Said { get; init; }

    public bool Equals(PresenceView? other) =>
        other is not null && Extension == other.Extension && Version == other.Version && State == other.State && DoNotDisturb == other.DoNotDisturb
        && Calls == other.Calls && Said == other.Said && Watched.AsSpan().SequenceEqual(other.Watched.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Extension, Version);
}

/// <summary>
/// The presence of one number, and who watches it. The key is <c>tenant/number</c>. Watchers are edges, each told once for all of its own subscribers. Whoever
/// has a number that lamps show (a user, a room, a slot) publishes here.
/// </summary>
public interface IPresenceGrain : IGrainWithStringKey
{
    Task Publish(PresenceView view);

    /// <summary>A phone says how its user is, says it again, changes or withdraws it (RFC 3903).</summary>
    Task<PublicationAnswer> PublishStatus(Publication publication);

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
