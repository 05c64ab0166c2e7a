using Webphone.Net.Sip.Driving;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// A subscription to a list (<see href="https://www.rfc-editor.org/rfc/rfc4662">RFC 4662</see>): the first NOTIFY names all of it, later ones what changed. What would
/// make a message too long for its transport comes with the next.
/// </summary>
internal sealed class LampList(Watching watching, SipShard shard, string userKey, LampTarget target, LampPackage package, string uri, IReadOnlyList<(Lamp Lamp, string Label)> lamps)
    : LampSubscriber(watching, shard, userKey, target, package)
{
    /// <summary>With the head well within 64 KB, which no SIP message of ours exceeds; datagrams are kept to some fragments.</summary>
    private const int MostBytes = 40_000;

    private const int MostBytesInDatagram = 8_000;

    private static readonly byte[] Type = ResourceList.ContentType.ToArray();
    private static readonly byte[] Headers = "Require: eventlist\r\n"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly HashSet<Lamp> _changed = [];

    public override IEnumerable<Lamp> Lamps => lamps.Select(entry => entry.Lamp);

    public override void LampChanged(Lamp lamp)
    {
        lock (_gate)
            _changed.Add(lamp);
    }

    public override SipPayload State(Subscription subscription, bool isFull)
    {
        var budget = subscription.Dialog.Flow.IsReliable ? MostBytes : MostBytesInDatagram;
        var resources = new List<ListedResource>(lamps.Count);
        bool owes;
        lock (_gate)
        {
            if (isFull)
                _changed.UnionWith(Lamps);
            foreach (var (lamp, label) in lamps)
            {
                byte[]? document = null;
                if (_changed.Contains(lamp))
                {
                    document = lamp.Document.Numbered(subscription.Version);
                    budget -= document.Length + ResourceList.BytesAPart;
                    // One that alone is too long goes alone.
                    if (budget < 0 && resources.Exists(resource => resource.Document is not null))
                        document = null;
                    else
                        _changed.Remove(lamp);
                }
                if (isFull || document is not null)
                    resources.Add(new ListedResource(lamp.Entity, label, document));
            }
            owes = _changed.Count > 0;
        }
        if (owes && !subscription.IsEnding)
            subscription.Changed();
        return new SipPayload(Headers, ResourceList.Write(uri, subscription.Version, isFull, resources, Package.ContentType()), Type);
    }
}
