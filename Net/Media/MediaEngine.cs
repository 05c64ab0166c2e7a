using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Webphone.Media.Dtls;
using Webphone.Net.Media.Linux;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Net.Media;

/// <summary>The media of one process: its ports, its loops, and the endpoints on them. Thread-safe.</summary>
public sealed class MediaEngine : IDisposable
{
    /// <summary>Ports that another process holds are passed over, at most this many at a time.</summary>
    private const int MaxTakenPorts = 64;

    private readonly ConcurrentDictionary<long, MediaEndpoint> _endpoints = new();
    private readonly PortAllocator _ports;
    private readonly MediaLoop[] _loops;
    private long _lastNumber;

    /// <exception cref="WebRtcBindException">The port that browsers share cannot be opened.</exception>
    public MediaEngine(MediaOptions options, TimeProvider? time = null, ILogger<MediaEngine>? logger = null)
    {
        options.Validate();
        Options = options;
        var provider = time ?? TimeProvider.System;
        Clock = new MediaClock(provider);
        Faults = new MediaFaults(Clock, logger);
        _ports = new PortAllocator(options.FirstPort, options.LastPort, options.PortQuarantine, RandomNumberGenerator.GetInt32(int.MaxValue));
        _loops = new MediaLoop[options.Loops];
        for (var i = 0; i < _loops.Length; i++)
            _loops[i] = LibC.IsSupported && !options.PortableSockets ? new EpollLoop(Clock, Faults, i) : new PortableLoop(Clock, Faults, provider);
        if (options.WebRtc is not { } webRtc || !DtlsContext.IsSupported)
            return;
        try
        {
            WebRtc = new WebRtcPort(webRtc, this, _loops[0], provider.GetUtcNow());
        }
        catch (WebRtcBindException)
        {
            Dispose();
            throw;
        }
    }

    public MediaOptions Options { get; }

    /// <summary>The port that browsers share; null when there is none.</summary>
    public WebRtcPort? WebRtc { get; }

    /// <summary>The address that descriptions name.</summary>
    public IPAddress AdvertisedAddress => Options.AdvertisedAddress ?? Options.BindAddress;

    /// <summary>Endpoints now.</summary>
    public int Count => _endpoints.Count;

    /// <summary>Exceptions that ended at the edge of a loop or came from an observer; each is a mistake to be found.</summary>
    public long FaultCount => Faults.Count;

    /// <summary>What its mixes came to.</summary>
    public MixFigures Mixes { get; } = new();

    internal MediaFaults Faults { get; }

    internal MediaClock Clock { get; }

    /// <summary>Makes an endpoint for a leg; null when no port is free.</summary>
    public MediaEndpoint? TryAllocate(IMediaObserver? observer = null) => TryAllocate(observer, Options.BindAddress, AdvertisedAddress);

    /// <summary>Makes an endpoint on another local address than the engine's; null when no port is free.</summary>
    /// <param name="observer">Hears of what happens at it.</param>
    /// <param name="bind">Where its sockets are bound.</param>
    /// <param name="advertised">What descriptions name.</param>
    public MediaEndpoint? TryAllocate(IMediaObserver? observer, IPAddress bind, IPAddress advertised)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var loop = _loops[number % _loops.Length];
        for (var i = 0; i < MaxTakenPorts && _ports.TryTake(Clock.Now, out var port); i++)
        {
            var endpoint = MediaEndpoint.TryOpen(this, loop, number, port, observer, bind, advertised);
            if (endpoint is null)
            {
                _ports.Release(port, Clock.Now);
                continue;
            }
            _endpoints[number] = endpoint;
            return endpoint;
        }
        return null;
    }

    /// <summary>Makes a room's mix; the caller disposes of it.</summary>
    public MediaMix CreateMix(Action<MediaMix>? speakersChanged = null) => new(_loops[Interlocked.Increment(ref _lastNumber) % _loops.Length], Mixes, speakersChanged);

    /// <summary>Makes an endpoint for a peer that speaks WebRTC, on the shared port; null without one. What is negotiated is told to its <see cref="MediaEndpoint.WebRtc"/>.</summary>
    public MediaEndpoint? TryAllocateWebRtc(IMediaObserver? observer = null)
    {
        if (WebRtc is not { } shared)
            return null;
        var endpoint = MediaEndpoint.Open(this, _loops[0], Interlocked.Increment(ref _lastNumber), observer, AdvertisedAddress, new WebRtcLeg(shared, _loops[0], Clock));
        _endpoints[endpoint.Number] = endpoint;
        return endpoint;
    }

    /// <summary>An endpoint by its number; null when it was released.</summary>
    public MediaEndpoint? Find(long number) => _endpoints.GetValueOrDefault(number);

    /// <summary>Releases every endpoint and stops the loops.</summary>
    public void Dispose()
    {
        foreach (var endpoint in _endpoints.Values)
            endpoint.Release();
        WebRtc?.Dispose();
        foreach (var loop in _loops)
            loop.Dispose();
        Mixes.Dispose();
    }

    internal void Forget(MediaEndpoint endpoint)
    {
        if (_endpoints.TryRemove(endpoint.Number, out _) && endpoint.WebRtc is null)
            _ports.Release((ushort)endpoint.RtpPort, Clock.Now);
    }
}
