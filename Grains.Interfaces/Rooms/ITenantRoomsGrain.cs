using System.Collections.Immutable;
using Webphone.Grains.Users;

namespace Webphone.Grains.Rooms;

/// <summary>The rooms of a tenant that are on, and whose they are. The key is the tenant's name.</summary>
public interface ITenantRoomsGrain : IGrainWithStringKey
{
    /// <summary>The number of the host's room: the one that is on, else the lowest that is free, which is kept for them for a while. Null when all are taken.</summary>
    Task<string?> RoomOf(string host);

    /// <summary>A room says that it is on, with how many members, or that it is over (0). It repeats that while it is on.</summary>
    Task RoomChanged(RoomLamp room);

    Task<ImmutableArray<RoomLamp>> GetRooms();

    /// <summary>Subscribes, or renews for <see cref="WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<ImmutableArray<RoomLamp>> Watch(IRoomLampWatcher watcher);

    Task Unwatch(IRoomLampWatcher watcher);
}

/// <summary>What a Conference key shows: a room is on while it has members.</summary>
[GenerateSerializer, Immutable]
public sealed record RoomLamp(string Number, string Host, int Members, long Version);

/// <summary>An edge that shows lamps of rooms.</summary>
public interface IRoomLampWatcher : IGrainObserver
{
    Task RoomLampChanged(string tenant, RoomLamp room);
}
