using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Users;

namespace Webphone.Grains.Rooms;

/// <summary>
/// One conference. The key is <c>tenant/999XX</c>. A room owns no leg: each stays with its call, which enters the mix that the room names, so that
/// nothing that happens to a room ends anybody's call. It begins with the first member and is over when the last one left.
/// </summary>
public interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>A call brings its legs in, all or none of them, or says again that they are in. The answer tells where the mix is.</summary>
    Task<RoomAnswer> Join(JoinRoom request);

    /// <summary>These legs are out. Naming one that is not in does nothing.</summary>
    Task Leave(ImmutableArray<LegId> legs);

    /// <summary>A member put the room on hold, or took it back: they stay its member.</summary>
    Task Hold(LegId leg, bool holding);

    /// <summary>The node of the mix says which of its members are speaking now.</summary>
    Task SpeakersChanged(string mix, ImmutableArray<EndpointId> speakers);

    /// <summary>Nobody hears the member. One may mute oneself; others, the host, or anyone while the host is not in. Says why not, or <see cref="CallEnd.None"/>.</summary>
    Task<CallEnd> Mute(string byExtension, LegId leg, bool muted);

    /// <summary>
    /// Calls somebody for a member, who hears of it by <see cref="ICallGrain.InvitationOver"/>; who answers is in. Until then their place is kept.
    /// Says why not, or <see cref="CallEnd.None"/>. Asking again with the same id changes nothing.
    /// </summary>
    Task<CallEnd> Invite(InvitePerson request);

    /// <summary>A call that the room had made is over, and nobody came in by it.</summary>
    Task InvitationOver(string callKey, CallEnd why);

    /// <summary>
    /// Sends a member out; their call ends with <see cref="CallEnd.Removed"/>. Or takes back the call to somebody who has not answered, which the one who asked for
    /// them may too. Who may: as for <see cref="Mute"/> of another.
    /// </summary>
    Task<CallEnd> Kick(string byExtension, LegId leg);

    /// <summary>Nobody else comes in. Who may: as for <see cref="Mute"/> of another.</summary>
    Task<CallEnd> Lock(string byExtension, bool locked);

    /// <summary>The room as it is; without members when it is not on.</summary>
    Task<RoomView> GetView();

    /// <summary>Subscribes, or renews for <see cref="WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<RoomView> Watch(IRoomWatcher watcher);

    Task Unwatch(IRoomWatcher watcher);
}

/// <summary>Someone who shows a room, such as the hub of a frontend. Called once for each change, in version order.</summary>
public interface IRoomWatcher : IGrainObserver
{
    Task RoomChanged(RoomView room);
}

/// <summary>Bounds of rooms.</summary>
public static class RoomLimits
{
    public const int Members = 10;

    /// <summary>Numbers of a tenant's rooms: 99900 to 99999.</summary>
    public const int FirstNumber = 99900;
    public const int Rooms = 100;

    public static bool IsRoom(string number) => number.Length == 5 && number.StartsWith("999", StringComparison.Ordinal) && char.IsAsciiDigit(number[3]) && char.IsAsciiDigit(number[4]);
}
