using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Who hears whom, on all nodes.</summary>
internal sealed class SimMedia
{
    private readonly Dictionary<EndpointId, Hears> _endpoints = [];
    private long _next;

    /// <summary>What one endpoint hears: another, itself, or a sound; nothing when all are unset.</summary>
    internal sealed record Hears(EndpointId? Other = null, MediaSource? Source = null);

    public int Count => _endpoints.Count;

    public EndpointId Make(string node)
    {
        var endpoint = new EndpointId(node, ++_next);
        _endpoints[endpoint] = new Hears();
        return endpoint;
    }

    public void Release(EndpointId endpoint)
    {
        Part(endpoint);
        _endpoints.Remove(endpoint);
    }

    public Hears? Of(EndpointId endpoint) => _endpoints.GetValueOrDefault(endpoint);

    public void Connect(EndpointId first, EndpointId second)
    {
        if (!_endpoints.ContainsKey(first) || !_endpoints.ContainsKey(second)) return;
        Part(first);
        Part(second);
        _endpoints[first] = new Hears(second);
        _endpoints[second] = new Hears(first);
    }

    public void Disconnect(EndpointId endpoint)
    {
        if (_endpoints.ContainsKey(endpoint)) Part(endpoint);
    }

    public void Play(EndpointId endpoint, MediaSource source)
    {
        if (!_endpoints.ContainsKey(endpoint)) return;
        Part(endpoint);
        _endpoints[endpoint] = new Hears(Source: source);
    }

    public void Echo(EndpointId endpoint)
    {
        if (!_endpoints.ContainsKey(endpoint)) return;
        Part(endpoint);
        _endpoints[endpoint] = new Hears(endpoint);
    }

    /// <summary>Hears nothing and is heard by no one.</summary>
    private void Part(EndpointId endpoint)
    {
        if (_endpoints.GetValueOrDefault(endpoint)?.Other is { } other && other != endpoint && _endpoints.GetValueOrDefault(other)?.Other == endpoint)
            _endpoints[other] = new Hears();
        _endpoints[endpoint] = new Hears();
    }
}
