using System.Collections.Immutable;
using System.Net;
using Webphone.Grains.Media;
using Webphone.Net.Media;

namespace Webphone.Silo.MediaNode;

/// <summary>
/// The media engine of this silo: grains command it through <see cref="IMediaNode"/>, the edge of the same process allocates,
/// describes and releases endpoints here. RTP itself stays in <see cref="MediaEngine"/>. Thread-safe.
/// </summary>
/// <param name="name">The silo's name, as <see cref="EndpointId.Node"/> carries it.</param>
/// <param name="engine">Not owned.</param>
/// <param name="library">The sounds.</param>
/// <param name="time">Of what is given up after a time; the system's when null.</param>
/// <param name="speakersChanged">Hears on the thread pool who is speaking in a mix, after each change.</param>
/// <param name="linkPlace">Where links to other nodes are bound, and the address that those are told; without it both are the engine's.</param>
public sealed class LocalMediaNode(
    string name,
    MediaEngine engine,
    SoundLibrary library,
    (IPAddress Bind, IPAddress Advertised)? linkPlace = null,
    Action<string, ImmutableArray<EndpointId>>? speakersChanged = null,
    TimeProvider? time = null) : IMediaNode
{
    private readonly (IPAddress Bind, IPAddress Advertised) _linkPlace = linkPlace ?? (engine.Options.BindAddress, engine.AdvertisedAddress);
    private readonly LocalMixes _mixes = new(engine, linkPlace ?? (engine.Options.BindAddress, engine.AdvertisedAddress), time ?? TimeProvider.System, speakersChanged);

    /// <summary>Makes an endpoint for a leg of this silo; null when no port is free. The caller releases it.</summary>
    public MediaEndpoint? TryAllocate(IMediaObserver? observer) => engine.TryAllocate(observer);

    /// <summary>The same on another local address, such as one of the other family.</summary>
    /// <param name="observer">Hears of what happens at it.</param>
    /// <param name="bind">Where its sockets are bound.</param>
    /// <param name="advertised">What descriptions name.</param>
    public MediaEndpoint? TryAllocate(IMediaObserver? observer, IPAddress bind, IPAddress advertised) => engine.TryAllocate(observer, bind, advertised);

    /// <summary>Makes an endpoint for a peer that speaks WebRTC; null when this node has no port for such.</summary>
    public MediaEndpoint? TryAllocateWebRtc(IMediaObserver? observer) => engine.TryAllocateWebRtc(observer);

    /// <summary>Opens an end of a link, with the other node's known, and connects the endpoint with it; null when that cannot be.</summary>
    public LinkEnd? Link(EndpointId endpoint, LinkEnd other) => Open(endpoint, other).End;

    /// <summary>How grains name an endpoint of this node.</summary>
    public EndpointId IdOf(MediaEndpoint endpoint) => new(name, endpoint.Number);

    /// <summary>The endpoint of a name; null when it is another node's or gone.</summary>
    public MediaEndpoint? Find(EndpointId id) => id.Node == name ? engine.Find(id.Number) : null;

    public Task Connect(EndpointId first, EndpointId second)
    {
        if (Find(first) is { } a && Find(second) is { } b)
            MediaEndpoint.Connect(a, b);
        return Task.CompletedTask;
    }

    public Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other) => Task.FromResult(Open(endpoint, other));

    public Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (Find(endpoint) is { } leg && MediaLink.Of(leg) is { } link && link.Address.Equals(own.Address))
            TryComplete(link, other);
        return Task.CompletedTask;
    }

    public Task<LinkEnd?> PrepareLink(EndpointId endpoint) =>
        Task.FromResult(Find(endpoint) is { } leg && MediaLink.TryPrepare(engine, leg, _linkPlace.Bind, _linkPlace.Advertised) is { } link ? EndOf(link) : null);

    public Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.FromResult(
        Find(endpoint) is { } leg && MediaLink.ReadKey(other.Key.AsSpan()) is { } key && MediaLink.TryJoin(leg, own.Address, other.Address, key));

    public Task Disconnect(EndpointId endpoint)
    {
        Find(endpoint)?.Disconnect();
        return Task.CompletedTask;
    }

    public Task Play(EndpointId endpoint, MediaSource source)
    {
        Find(endpoint)?.Play(library.Find(source));
        return Task.CompletedTask;
    }

    public Task Echo(EndpointId endpoint)
    {
        Find(endpoint)?.Echo();
        return Task.CompletedTask;
    }

    public Task JoinMix(string mix, EndpointId endpoint)
    {
        if (Find(endpoint) is { } leg)
            _mixes.Join(mix, endpoint, leg);
        return Task.CompletedTask;
    }

    public Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint) =>
        Task.FromResult(_mixes.Link(mix, endpoint) is { } link ? LinkAnswer.Opened(EndOf(link)) : LinkAnswer.Refused);

    public Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        if (_mixes.FindLink(mix, endpoint) is { } link && link.Address.Equals(own.Address))
            TryComplete(link, other, wideband: true);
        return Task.CompletedTask;
    }

    public Task LeaveMix(string mix, EndpointId endpoint)
    {
        _mixes.Leave(mix, endpoint);
        return Task.CompletedTask;
    }

    public Task MuteInMix(string mix, ImmutableArray<EndpointId> muted)
    {
        _mixes.Mute(mix, muted);
        return Task.CompletedTask;
    }

    public Task KeepInMix(string mix, ImmutableArray<EndpointId> members)
    {
        _mixes.Keep(mix, members);
        return Task.CompletedTask;
    }

    public Task PlayToMix(string mix, MediaSource source)
    {
        _mixes.Play(mix, library.Find(source));
        return Task.CompletedTask;
    }

    private LinkAnswer Open(EndpointId endpoint, LinkEnd? other)
    {
        if (Find(endpoint) is not { } leg)
            return LinkAnswer.Gone;
        if (MediaLink.TryOpen(engine, leg, _linkPlace.Bind, _linkPlace.Advertised) is not { } link)
            return LinkAnswer.Refused;
        if (other is not null && !TryComplete(link, other))
        {
            leg.Disconnect();
            return LinkAnswer.Refused;
        }
        return LinkAnswer.Opened(EndOf(link));
    }

    private static LinkEnd EndOf(MediaLink link) => new(link.Address, [.. link.Key.Key, .. link.Key.Salt]);

    private static bool TryComplete(MediaLink link, LinkEnd other, bool wideband = false)
    {
        if (other.Address.AddressFamily != link.Address.AddressFamily || MediaLink.ReadKey(other.Key.AsSpan()) is not { } key)
            return false;
        link.Complete(other.Address, key, wideband);
        return true;
    }
}
