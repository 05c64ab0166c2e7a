using System.Net;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Who hears whom, on all nodes: endpoints of one node are bridged, those of two nodes by a link of which each has an end.</summary>
internal sealed class SimMedia
{
    private const int FirstPort = 10_000;

    private readonly Dictionary<EndpointId, Place> _endpoints = [];
    private readonly Dictionary<EndpointId, LinkEnd> _prepared = [];
    private readonly Dictionary<(string Mix, EndpointId Endpoint), Place> _mixLinks = [];
    private readonly Dictionary<string, DateTimeOffset> _heardOf = [];
    private long _next;

    /// <summary>What one endpoint hears: another, itself, a sound, or all others of a mix; nothing when all are unset.</summary>
    internal sealed record Hears(EndpointId? Other = null, MediaSource? Source = null, string? Mix = null);

    /// <summary>Mixes that somebody is in, be it by a link of which the other end is gone, and that their nodes have not given up.</summary>
    public IEnumerable<string> Mixes(DateTimeOffset now) => _endpoints.Values.Select(place => place.Mix).OfType<string>().Concat(_mixLinks.Keys.Select(link => link.Mix)).Distinct()
        .Where(mix => now - _heardOf.GetValueOrDefault(mix) <= MixLease.Duration * 2);

    public void HeardOf(string mix, DateTimeOffset now) => _heardOf[mix] = now;

    public int Count => _endpoints.Count + _prepared.Count;

    /// <summary>Connections by an end that had waited for them.</summary>
    public int Joined { get; private set; }

    /// <summary>The endpoint that was joined with an end which is open towards another; null as long as none was.</summary>
    public EndpointId? Misjoined { get; private set; }

    public EndpointId Make(string node)
    {
        var endpoint = new EndpointId(node, ++_next);
        _endpoints[endpoint] = new Place();
        return endpoint;
    }

    public void Release(EndpointId endpoint)
    {
        Part(endpoint);
        _endpoints.Remove(endpoint);
        _prepared.Remove(endpoint);
    }

    public Hears? Of(EndpointId endpoint) =>
        _endpoints.GetValueOrDefault(endpoint) is not { } place ? null
        : place.Own is null ? new Hears(place.Other, place.Source, place.Mix)
        : new Hears(FarSideOf(place), Mix: FarMixOf(place));

    public void JoinMix(string mix, EndpointId endpoint)
    {
        if (!_endpoints.ContainsKey(endpoint)) return;
        Leave(endpoint);
        _endpoints[endpoint] = new Place(Mix: mix);
    }

    public LinkAnswer OpenMixLink(string mix, EndpointId endpoint)
    {
        var own = NewEnd();
        _mixLinks[(mix, endpoint)] = new Place(Own: own);
        return LinkAnswer.Opened(own);
    }

    public void CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (_mixLinks.GetValueOrDefault((mix, endpoint)) is { } link && own.Address.Equals(link.Own!.Address)) _mixLinks[(mix, endpoint)] = link with { Far = other };
    }

    public void KeepInMix(string mix, Func<EndpointId, bool> stays)
    {
        foreach (var link in _mixLinks.Keys.Where(link => link.Mix == mix && !stays(link.Endpoint)).ToArray()) _mixLinks.Remove(link);
        foreach (var (endpoint, _) in _endpoints.Where(member => member.Value.Mix == mix && !stays(member.Key)).ToArray()) Part(endpoint);
    }

    /// <summary>The node died with the mixes that it had.</summary>
    public void LoseMixes(string node)
    {
        foreach (var link in _mixLinks.Keys.Where(link => link.Mix.EndsWith(" on " + node, StringComparison.Ordinal)).ToArray()) _mixLinks.Remove(link);
    }

    public void Connect(EndpointId first, EndpointId second)
    {
        // A node knows its own endpoints only.
        if (first.Node != second.Node || !_endpoints.ContainsKey(first) || !_endpoints.ContainsKey(second)) return;
        Leave(first);
        Leave(second);
        _endpoints[first] = new Place(second);
        _endpoints[second] = new Place(first);
    }

    public LinkAnswer OpenLink(EndpointId endpoint, LinkEnd? other)
    {
        if (!_endpoints.ContainsKey(endpoint)) return LinkAnswer.Gone;
        Leave(endpoint);
        var own = NewEnd();
        _endpoints[endpoint] = new Place(Own: own, Far: other);
        return LinkAnswer.Opened(own);
    }

    public void CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (_endpoints.GetValueOrDefault(endpoint) is { } place && own.Address.Equals(place.Own?.Address)) _endpoints[endpoint] = place with { Far = other };
    }

    public LinkEnd? PrepareLink(EndpointId endpoint)
    {
        if (!_endpoints.ContainsKey(endpoint)) return null;
        return _prepared.TryGetValue(endpoint, out var waiting) ? waiting : _prepared[endpoint] = NewEnd();
    }

    public bool JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (!_endpoints.TryGetValue(endpoint, out var place)) return false;
        if (own.Address.Equals(place.Own?.Address)) return other.Address.Equals(place.Far?.Address);
        if (!own.Address.Equals(_prepared.GetValueOrDefault(endpoint)?.Address)) return false;
        Leave(endpoint);
        _endpoints[endpoint] = new Place(Own: own, Far: other);
        Joined++;
        if (_endpoints.Values.Any(place => other.Address.Equals(place.Own?.Address) && !own.Address.Equals(place.Far?.Address))) Misjoined = endpoint;
        return true;
    }

    public void Disconnect(EndpointId endpoint)
    {
        if (_endpoints.ContainsKey(endpoint)) Part(endpoint);
    }

    public void Play(EndpointId endpoint, MediaSource source)
    {
        if (!_endpoints.ContainsKey(endpoint)) return;
        Part(endpoint);
        _endpoints[endpoint] = new Place(Source: source);
    }

    public void Echo(EndpointId endpoint)
    {
        if (!_endpoints.ContainsKey(endpoint)) return;
        Leave(endpoint);
        _endpoints[endpoint] = new Place(endpoint);
    }

    /// <summary>It is connected otherwise: nothing waits for it any more.</summary>
    private void Leave(EndpointId endpoint)
    {
        Part(endpoint);
        _prepared.Remove(endpoint);
    }

    /// <summary>Hears nothing and is heard by no one.</summary>
    private void Part(EndpointId endpoint)
    {
        if (_endpoints.GetValueOrDefault(endpoint)?.Other is { } other && other != endpoint && _endpoints.GetValueOrDefault(other)?.Other == endpoint)
            _endpoints[other] = new Place();
        _endpoints[endpoint] = new Place();
    }

    /// <summary>The endpoint whose end sends here, and to which this end sends.</summary>
    private EndpointId? FarSideOf(Place place)
    {
        foreach (var (endpoint, other) in _endpoints)
        {
            if (place.Far is { } far && far.Address.Equals(other.Own?.Address) && place.Own!.Address.Equals(other.Far?.Address)) return endpoint;
        }

        return null;
    }

    private string? FarMixOf(Place place) =>
        _mixLinks.Where(link => link.Value.Own!.Address.Equals(place.Far?.Address) && place.Own!.Address.Equals(link.Value.Far?.Address)).Select(link => link.Key.Mix).FirstOrDefault();

    private LinkEnd NewEnd() => new(new IPEndPoint(IPAddress.Loopback, FirstPort + (int)(++_next % FirstPort)), []);

    private sealed record Place(EndpointId? Other = null, MediaSource? Source = null, LinkEnd? Own = null, LinkEnd? Far = null, string? Mix = null);
}
