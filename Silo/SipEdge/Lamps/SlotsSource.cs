using Webphone.Grains.Slots;
using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>The lamps of a tenant's park slots.</summary>
internal sealed class SlotsSource(string key, ITenantSlotsGrain grain) : LampSource(key)
{
    private SlotsView? _view;

    public override bool IsKnown => _view is not null;

    public override async Task Watch(LampBoard board)
    {
        var view = await grain.Watch(board.SlotReference);
        board.Take(this, () => TryTake(view));
    }

    public override Task Unwatch(LampBoard board) => grain.Unwatch(board.SlotReference);

    public bool TryTake(SlotsView view)
    {
        if (_view is not null && _view.Version >= view.Version)
            return false;
        _view = view;
        return true;
    }

    /// <summary>A slot that is taken is on a call with who is parked: their name and number are what phones show beside the lamp.</summary>
    public override EventDocument Write(Lamp lamp)
    {
        var title = $"Park {lamp.Target.Number}";
        if (_view!.Slots.FirstOrDefault(slot => slot.Slot == lamp.Target.Number)?.Parked is not { } parked)
            return WriteDialogs(lamp, title, []);
        var id = parked.CallKey[(parked.CallKey.IndexOf('/') + 1)..];
        var who = LampPackages.EntityOf(parked.Party.Number.Length > 0 ? parked.Party.Number : "anonymous", lamp.Domain);
        return WriteDialogs(lamp, title, [new WatchedDialog(id, IsInitiator: false, WatchedDialogState.Confirmed, Holding: false, parked.Party.Name, who, LampDialog.Of(id))]);
    }
}
