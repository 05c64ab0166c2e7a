using Webphone.Sip.EventPackages;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>What one event package says of one target at this edge: written once for all of its subscribers. Changed under the board's lock, read anywhere.</summary>
internal sealed class Lamp(LampSource source, LampTarget target, LampPackage package, string domain)
{
    private volatile EventDocument? _document;

    public LampSource Source => source;

    public LampTarget Target => target;

    public LampPackage Package => package;

    public string Domain => domain;

    /// <summary>The address that it is about.</summary>
    public string Entity => LampPackages.EntityOf(target.Name, domain);

    public HashSet<LampSubscriber> Subscribers { get; } = [];

    /// <summary>How many have found it and have not joined yet.</summary>
    public int Pins { get; set; }

    public bool IsUnused => Subscribers.Count == 0 && Pins == 0;

    /// <summary>The dialogs that the document names as going on.</summary>
    public IReadOnlyList<WatchedDialog> Dialogs { get; set; } = [];

    /// <summary>What it says now. Only a lamp of a source that has been heard is given out.</summary>
    public EventDocument Document => _document ?? throw new InvalidOperationException("Nothing has been heard of this lamp yet.");

    /// <summary>Writes anew what it says; false when that is what it said.</summary>
    public bool Update(EventDocument document)
    {
        if (document.Equals(_document))
            return false;
        _document = document;
        return true;
    }
}
