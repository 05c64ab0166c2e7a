using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.Silo.Edges;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// Tests of the way of sound between browsers and this node: endpoints that send back what comes, of no call. Each ends by itself. Safe from any thread.
/// </summary>
internal sealed class MediaProbes(BrowserEdgeContext edge) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, Probe> _probes = [];
    private bool _over;

    /// <summary>Answers the offer; the same one again gets the same answer.</summary>
    public OfferOutcome Begin(string session, ProbeOffer offer)
    {
        lock (_gate)
        {
            if (_probes.TryGetValue(offer.Leg, out var known))
                return known.Session == session && known.Offer == offer.Sdp ? new OfferOutcome(known.Answer, null, null) : OfferOutcome.Refused(OfferRefusal.WrongState);
            if (_over || _probes.Count >= edge.Options.MaxProbes || _probes.Values.Count(probe => probe.Session == session) >= edge.Options.ProbesPerSession)
                return OfferOutcome.Refused(OfferRefusal.Overloaded);
            if (edge.Endpoints.CreateWebRtc(UserKey.Split(SessionKey.Split(session).UserKey).Tenant, Deaf.Instance) is not { } endpoint)
                return OfferOutcome.Refused(OfferRefusal.Overloaded);
            if (!endpoint.TryAnswer(offer.Sdp, null, out var answer, out _, out _, out _))
            {
                endpoint.Release();
                return OfferOutcome.Refused(OfferRefusal.BadOffer);
            }
            _ = edge.Media.Echo(endpoint.Id);
            var limit = edge.Time.CreateTimer(_ => End(session, offer.Leg), null, edge.Options.ProbeTime, Timeout.InfiniteTimeSpan);
            _probes.Add(offer.Leg, new Probe(session, offer.Sdp, answer, endpoint, limit));
            return new OfferOutcome(answer, null, null);
        }
    }

    /// <summary>False when the session has no such test.</summary>
    public bool End(string session, LegId name)
    {
        Probe? probe;
        lock (_gate)
        {
            if (!_probes.TryGetValue(name, out probe) || probe.Session != session)
                return false;
            _probes.Remove(name);
        }
        probe.Release();
        return true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            foreach (var probe in _probes.Values)
                probe.Release();
            _probes.Clear();
        }
    }

    private sealed record Probe(string Session, string Offer, string Answer, IWebRtcEndpoint Endpoint, ITimer Limit)
    {
        public void Release()
        {
            Limit.Dispose();
            Endpoint.Release();
        }
    }

    /// <summary>Whatever happens in the media of a test is the browser's to see.</summary>
    private sealed class Deaf : ILegMediaListener
    {
        public static readonly Deaf Instance = new();

        public void OnDigit(char digit)
        {
        }

        public void OnPlaybackFinished()
        {
        }

        public void OnMediaTimeout()
        {
        }
    }
}
