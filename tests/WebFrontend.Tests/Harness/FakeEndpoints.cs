using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Webphone.Grains.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Silo.Edges;
using Webphone.Sip.Sdp;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>Media without media: an offer that begins "v=0" is answered with a text that names it.</summary>
internal sealed class FakeEndpoints : ILegEndpoints, IMediaNode
{
    private static readonly MediaCodec Opus = new("opus", 48000, 2);

    private readonly ConcurrentDictionary<long, FakeEndpoint> _endpoints = new();
    private readonly ConcurrentQueue<string> _told = new();
    private long _numbers;

    public IReadOnlyList<LegCodec> Codecs => [];

    /// <summary>Endpoints that were not released.</summary>
    public int Count => _endpoints.Count;

    /// <summary>What the media node was told, in order.</summary>
    public IReadOnlyCollection<string> Told => _told;

    public ILegEndpoint? Create(string tenant, AddressFamily family, ILegMediaListener listener) => null;

    public IWebRtcEndpoint CreateWebRtc(string tenant, ILegMediaListener listener)
    {
        var endpoint = new FakeEndpoint(this, Interlocked.Increment(ref _numbers), listener);
        _endpoints[endpoint.Id.Number] = endpoint;
        return endpoint;
    }

    /// <summary>The endpoint that answered the offer last.</summary>
    public FakeEndpoint Of(string offer) => _endpoints.Values.Single(endpoint => endpoint.Offers.LastOrDefault() == offer);

    public Task Connect(EndpointId first, EndpointId second) => Tell($"connect {first.Number} {second.Number}");

    public Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other) => Task.FromResult(LinkAnswer.Refused);

    public Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.CompletedTask;

    public Task<LinkEnd?> PrepareLink(EndpointId endpoint) => Task.FromResult<LinkEnd?>(null);

    public Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.FromResult(false);

    public Task Disconnect(EndpointId endpoint) => Tell($"disconnect {endpoint.Number}");

    public Task Play(EndpointId endpoint, MediaSource source) => Tell($"play {endpoint.Number} {(source.Kind == MediaSourceKind.Tone ? source.Tone : source.Kind)}");

    public Task Echo(EndpointId endpoint) => Tell($"echo {endpoint.Number}");

    public Task JoinMix(string mix, EndpointId endpoint) => Tell($"join {endpoint.Number} {mix}");

    public Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint) => Task.FromResult(LinkAnswer.Refused);

    public Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.CompletedTask;

    public Task LeaveMix(string mix, EndpointId endpoint) => Task.CompletedTask;

    public Task MuteInMix(string mix, ImmutableArray<EndpointId> muted) => Task.CompletedTask;

    public Task KeepInMix(string mix, ImmutableArray<EndpointId> members) => Task.CompletedTask;

    public Task PlayToMix(string mix, MediaSource source) => Task.CompletedTask;

    private Task Tell(string what)
    {
        _told.Enqueue(what);
        return Task.CompletedTask;
    }

    internal sealed class FakeEndpoint(FakeEndpoints owner, long number, ILegMediaListener listener) : IWebRtcEndpoint
    {
        public EndpointId Id { get; } = new("web1", number);

        public IPEndPoint Local { get; } = new(IPAddress.Loopback, 1);

        public ConcurrentQueue<string> Offers { get; } = new();

        public ConcurrentQueue<char> Digits { get; } = new();

        public ILegMediaListener Listener => listener;

        public bool TryAnswer(
            string offerSdp, MediaCodec? preferred, out string answerSdp, out MediaCodec codec, out ImmutableArray<MediaCodec> offered, out string error)
        {
            var isGood = offerSdp.StartsWith("v=0", StringComparison.Ordinal);
            (answerSdp, error) = isGood ? ($"answer to {offerSdp}", "") : ("", "no offer");
            (codec, offered) = (Opus, isGood ? [Opus] : []);
            if (isGood)
                Offers.Enqueue(offerSdp);
            return isGood;
        }

        public LocalTransport? Transport(RemoteTransport? peer) => null;

        public void Start(RemoteTransport peer)
        {
            // There is no transport.
        }

        public void Apply(SdpAgreement agreement, IPAddress signalling)
        {
            // Nothing is sent.
        }

        public LinkEnd? Link(LinkEnd waiting)
        {
            owner._told.Enqueue($"link {number} to {waiting}");
            return new LinkEnd(Local, []);
        }

        public void PassDigit(char digit) => Digits.Enqueue(digit);

        public void Release() => owner._endpoints.TryRemove(number, out _);
    }
}
