using System.Net;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Who hears whom, on all nodes: endpoints of one node are bridged, those of two nodes by a link of which each has an end.</summary>
internal sealed class SimMedia
{
    private const int FirstPort = 10_000;

    private readonly Dictionary<EndpointId, Place> _endpoints = [];
    private long _next;

    /// <summary>What one endpoint hears: another, itself, or a sound; nothing when all are unset.</summary>
    internal sealed record Hears(EndpointId? Other = null, MediaSource? Source = null);

    public int Count => _endpoints.Count;

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
    }

    public Hears? Of(EndpointId endpoint) =>
        _endpoints.GetValueOrDefault(endpoint) is not { } place ? null
        : place.Own is null ? new Hears(place.Other, place.Source)
        : new Hears(FarSideOf(place));

    public void Connect(EndpointId first, EndpointId second)
    {
        // A node knows its own endpoints only.
        if (first.Node != second.Node || !_endpoints.ContainsKey(first) || !_endpoints.ContainsKey(second)) return;
        Part(first);
        Part(second);
        _endpoints[first] = new Place(second);
        _endpoints[second] = new Place(first);
    }

    public LinkAnswer OpenLink(EndpointId endpoint, LinkEnd? other)
    {
        if (!_endpoints.ContainsKey(endpoint)) return LinkAnswer.Gone;
        Part(endpoint);
        var own = new LinkEnd(new IPEndPoint(IPAddress.Loopback, FirstPort + (int)(++_next % FirstPort)), []);
        _endpoints[endpoint] = new Place(Own: own, Far: other);
        return LinkAnswer.Opened(own);
    }

    public void CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (_endpoints.GetValueOrDefault(endpoint) is { } place && own.Address.Equals(place.Own?.Address)) _endpoints[endpoint] = place with { Far = other };
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
        Part(endpoint);
        _endpoints[endpoint] = new Place(endpoint);
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

    private sealed record Place(EndpointId? Other = null, MediaSource? Source = null, LinkEnd? Own = null, LinkEnd? Far = null);
}
