using Orleans.Simulation;
using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>A frontend that shows everyone's lamp and everyone's calls.</summary>
internal sealed class SimWatcher(SimWorld world, SimulatedSilo silo) : IPresenceWatcher, IUserWatcher, IRoomLampWatcher, ISlotWatcher
{
    private readonly Dictionary<string, long> _callVersions = [];

    public Dictionary<string, PresenceView> Lamps { get; } = [];

    /// <summary>Members of each room that was on.</summary>
    public Dictionary<string, int> Rooms { get; } = [];

    /// <summary>The most that were parked at once.</summary>
    public int Parked { get; private set; }

    public bool IsGone { get; set; }

    public SimulatedSilo Silo => silo;

    public async Task Live(IEnumerable<string> userKeys)
    {
        var presence = silo.Grains.CreateObjectReference<IPresenceWatcher>(this);
        var user = silo.Grains.CreateObjectReference<IUserWatcher>(this);
        var (room, slot) = (silo.Grains.CreateObjectReference<IRoomLampWatcher>(this), silo.Grains.CreateObjectReference<ISlotWatcher>(this));
        while (!IsGone)
        {
            await world.Try(() => silo.Grains.GetGrain<ITenantRoomsGrain>("acme").Watch(room));
            await world.Try(() => silo.Grains.GetGrain<ITenantSlotsGrain>("acme").Watch(slot));
            foreach (var key in userKeys)
            {
                if (await world.Try(() => silo.Grains.GetGrain<IPresenceGrain>(key).Watch(presence)) is { } lamp) Show(key, lamp);
                await world.Try(() => silo.Grains.GetGrain<IUserGrain>(key).Watch(user));
            }

            await world.Delay(WatchLease.RenewEvery);
        }
    }

    public Task PresenceChanged(string userKey, PresenceView presence)
    {
        Show(userKey, presence);
        return Task.CompletedTask;
    }

    public Task CallChanged(string userKey, CallView call)
    {
        var key = $"{userKey} {call.CallKey}";
        if (world.Faults.AreNone) world.Demand(call.Version > _callVersions.GetValueOrDefault(key), $"{key} was told of version {call.Version} late");
        _callVersions[key] = call.Version;
        return Task.CompletedTask;
    }

    public Task UserChanged(string userKey, UserView user) => Task.CompletedTask;

    /// <summary>Invariant 5.</summary>
    public Task RoomLampChanged(string tenant, RoomLamp room)
    {
        world.Demand(room.Members is >= 0 and <= RoomLimits.Members, $"room {room.Number} has {room.Members} members");
        Rooms[room.Number] = room.Members;
        return Task.CompletedTask;
    }

    public Task SlotsChanged(string tenant, SlotsView slots)
    {
        Parked = Math.Max(Parked, slots.Slots.Count(slot => slot.Parked is not null));
        return Task.CompletedTask;
    }

    private void Show(string key, PresenceView lamp)
    {
        if (!Lamps.TryGetValue(key, out var shown) || shown.Version <= lamp.Version) Lamps[key] = lamp;
    }
}
