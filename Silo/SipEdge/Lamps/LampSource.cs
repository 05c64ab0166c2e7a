using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>Where the board hears how some lamps stand. All but <see cref="Watch"/> and <see cref="Unwatch"/> under the board's lock.</summary>
internal abstract class LampSource(string key)
{
    public string Key => key;

    /// <summary>The lamps that hang on it, by target and package.</summary>
    public Dictionary<(LampTarget, LampPackage), Lamp> Lamps { get; } = [];

    /// <summary>Something has been heard.</summary>
    public abstract bool IsKnown { get; }

    /// <summary>The question that is on its way, shared by all who wait for it.</summary>
    public Task? Asking { get; set; }

    /// <summary>Subscribes or renews, and takes the snapshot by <see cref="LampBoard.Take"/>.</summary>
    public abstract Task Watch(LampBoard board);

    public abstract Task Unwatch(LampBoard board);

    /// <summary>What a lamp says, as of what was heard last.</summary>
    public abstract EventDocument Write(Lamp lamp);

    /// <summary>A document of what goes on and, once, of what went on before and does no more.</summary>
    protected static EventDocument WriteDialogs(Lamp lamp, string name, IReadOnlyList<WatchedDialog> now)
    {
        var over = lamp.Dialogs.Where(before => !now.Any(dialog => dialog.Id == before.Id)).Select(dialog => dialog with { State = WatchedDialogState.Terminated }).ToList();
        if (over.Count == 0 && now.SequenceEqual(lamp.Dialogs) && lamp.Dialogs.Count > 0)
            return lamp.Document;
        lamp.Dialogs = now;
        return DialogInfo.Write(lamp.Entity, name, [.. over, .. now]);
    }
}
