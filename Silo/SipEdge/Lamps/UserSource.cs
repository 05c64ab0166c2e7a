using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Tenants;
using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>One user's lamps: calls, do-not-disturb, presence.</summary>
internal sealed class UserSource(string userKey, string tenant, string extension, IPresenceGrain grain, IDirectory directory) : LampSource(userKey)
{
    private PresenceView? _view;

    public override bool IsKnown => _view is not null;

    public override async Task Watch(LampBoard board)
    {
        var view = await grain.Watch(board.Reference);
        board.Take(this, () => TryTake(view));
    }

    public override Task Unwatch(LampBoard board) => grain.Unwatch(board.Reference);

    public bool TryTake(PresenceView view)
    {
        if (_view is not null && _view.Version >= view.Version)
            return false;
        _view = view;
        return true;
    }

    public override EventDocument Write(Lamp lamp)
    {
        var view = _view!;
        var name = directory.FindUser(tenant, extension)?.Name ?? "";
        if (lamp.Target.Kind == LampKind.DoNotDisturb)
        {
            return WriteDialogs(lamp, name, view.DoNotDisturb
                ? [new WatchedDialog("do-not-disturb", IsInitiator: false, WatchedDialogState.Confirmed, Holding: false, name, LampPackages.EntityOf(extension, lamp.Domain))]
                : []);
        }
        return lamp.Package == LampPackage.Presence
            ? Pidf.Write(lamp.Entity, StatusOf(view))
            : WriteDialogs(lamp, name, [.. view.Watched.Select(call => DialogOf(call, lamp.Domain))]);
    }

    private static WatchedDialog DialogOf(WatchedCall call, string domain) => new(
        call.Id, call.IsCaller, StateOf(call), call.Holding, call.Peer.Name, LampPackages.EntityOf(call.Peer.Number.Length > 0 ? call.Peer.Number : "anonymous", domain),
        !call.IsCaller && call.Phase == WatchedPhase.Ringing ? LampDialog.Of(call.Id) : null);

    private static WatchedDialogState StateOf(WatchedCall call) => call.Phase switch
    {
        WatchedPhase.Trying => WatchedDialogState.Trying,
        WatchedPhase.Ringing => WatchedDialogState.Early,
        _ => WatchedDialogState.Confirmed,
    };

    private static PresenceStatus StatusOf(PresenceView view)
    {
        var said = view.Said;
        var isOpen = view.State != PresenceState.Offline || said is { IsOpen: true };
        if (!view.Watched.IsEmpty)
            return new PresenceStatus(isOpen, PresenceActivity.OnThePhone, said is { Note.Length: > 0 } ? said.Note : "On the phone");
        if (view.DoNotDisturb)
            return new PresenceStatus(isOpen, PresenceActivity.Busy, said is { Note.Length: > 0 } ? said.Note : "Do not disturb");
        return said is null
            ? new PresenceStatus(isOpen, PresenceActivity.None, "")
            : new PresenceStatus(isOpen, Enum.TryParse<PresenceActivity>(said.Activity, out var activity) ? activity : PresenceActivity.None, said.Note);
    }
}
