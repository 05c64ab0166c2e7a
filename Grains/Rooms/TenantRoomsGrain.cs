using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Rooms;

/// <summary>
/// Which rooms of a tenant are on. It keeps nothing on disk: rooms that are on say so again with every sweep, and a number that a lost activation gave
/// away twice makes two who asked at the same instant meet, and loses nobody.
/// </summary>
public sealed class TenantRoomsGrain : Grain, ITenantRoomsGrain
{
    /// <summary>How long a number is kept for a host who has not come in yet.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    /// <summary>A room that has not been heard of for so long is over.</summary>
    public static readonly TimeSpan Lease = RoomMachine.SweepEvery * 4;

    private readonly TimeProvider _time;
    private readonly Watchers<IRoomLampWatcher> _watchers;
    private readonly Dictionary<string, Known> _rooms = [];

    public TenantRoomsGrain(TimeProvider time, ILogger<TenantRoomsGrain> log)
    {
        _time = time;
        _watchers = new Watchers<IRoomLampWatcher>(WatchLease.Duration, time, log);
    }

    public async Task<string?> RoomOf(string host)
    {
        DropOld();
        if (_rooms.Values.FirstOrDefault(room => room.Lamp.Host == host) is { } own) return own.Lamp.Number;
        for (var number = RoomLimits.FirstNumber; number < RoomLimits.FirstNumber + RoomLimits.Rooms; number++)
        {
            var free = number.ToString(CultureInfo.InvariantCulture);
            if (_rooms.ContainsKey(free)) continue;
            _rooms[free] = new Known(new RoomLamp(free, host, 0, 0), _time.GetUtcNow() + Kept);
            // After a restart a room may be on that has not said so yet.
            if (await IsOnOfAnother(free, host)) continue;
            return free;
        }

        return null;
    }

    public Task RoomChanged(RoomLamp room)
    {
        var known = _rooms.GetValueOrDefault(room.Number);
        if (known is not null && known.Lamp.Version > room.Version) return Task.CompletedTask;
        if (room.Members == 0) _rooms.Remove(room.Number);
        else _rooms[room.Number] = new Known(room, _time.GetUtcNow() + Lease);
        var shown = known?.Lamp.Members ?? 0;
        if (shown != room.Members || (shown > 0 && known!.Lamp.Host != room.Host)) Tell(room);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<RoomLamp>> GetRooms()
    {
        DropOld();
        return Task.FromResult<ImmutableArray<RoomLamp>>([.. _rooms.Values.Select(room => room.Lamp).Where(room => room.Members > 0).OrderBy(room => room.Number, StringComparer.Ordinal)]);
    }

    public Task<ImmutableArray<RoomLamp>> Watch(IRoomLampWatcher watcher)
    {
        _watchers.Watch(watcher);
        return GetRooms();
    }

    public Task Unwatch(IRoomLampWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    private async Task<bool> IsOnOfAnother(string number, string host)
    {
        var room = await GrainFactory.GetGrain<IRoomGrain>(UserKey.Of(this.GetPrimaryKeyString(), number)).GetView();
        if (room.Members.IsEmpty) return false;
        _rooms[number] = new Known(new RoomLamp(number, room.Host, room.Members.Length, room.Version), _time.GetUtcNow() + Lease);
        return room.Host != host;
    }

    private void DropOld()
    {
        var now = _time.GetUtcNow();
        foreach (var (number, room) in _rooms.Where(room => room.Value.Until <= now).ToArray())
        {
            _rooms.Remove(number);
            if (room.Lamp.Members > 0) Tell(room.Lamp with { Members = 0, Version = room.Lamp.Version + 1 });
        }
    }

    private void Tell(RoomLamp room)
    {
        var tenant = this.GetPrimaryKeyString();
        _watchers.Tell(watcher => watcher.RoomLampChanged(tenant, room));
    }

    private sealed record Known(RoomLamp Lamp, DateTimeOffset Until);
}
