using Webphone.Grains.Rooms;
using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>The lamps of a tenant's rooms, by their numbers and by their hosts.</summary>
internal sealed class RoomsSource(string key, ITenantRoomsGrain grain) : LampSource(key)
{
    private readonly Dictionary<string, RoomLamp> _rooms = [];
    private bool _isKnown;

    public override bool IsKnown => _isKnown;

    public override async Task Watch(LampBoard board)
    {
        var rooms = await grain.Watch(board.RoomReference);
        board.Take(this, () =>
        {
            var news = !_isKnown;
            _isKnown = true;
            foreach (var gone in _rooms.Keys.Where(number => !rooms.Any(room => room.Number == number)).ToList())
                news |= _rooms.Remove(gone);
            foreach (var room in rooms)
                news |= TryTake(room);
            return news;
        });
    }

    public override Task Unwatch(LampBoard board) => grain.Unwatch(board.RoomReference);

    public bool TryTake(RoomLamp room)
    {
        if (_rooms.TryGetValue(room.Number, out var known) && known.Version >= room.Version)
            return false;
        _rooms[room.Number] = room;
        return true;
    }

    public override EventDocument Write(Lamp lamp)
    {
        var room = lamp.Target.Kind == LampKind.Room
            ? _rooms.GetValueOrDefault(lamp.Target.Number)
            : _rooms.Values.FirstOrDefault(room => room.Host == lamp.Target.Number && room.Members > 0);
        return WriteDialogs(lamp, "Conference", room is not { Members: > 0 }
            ? []
            : [new WatchedDialog(
                $"room-{room.Number}", IsInitiator: false, WatchedDialogState.Confirmed, Holding: false, $"Conference of {room.Host}", LampPackages.EntityOf(room.Number, lamp.Domain))]);
    }
}
