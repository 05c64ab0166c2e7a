using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Grains.Media;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Srtp;
using Webphone.Net.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Silo.Edges;
using Webphone.Silo.MediaNode;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>The endpoints of this silo's media node, in the terms of session descriptions.</summary>
/// <param name="node">The media node.</param>
/// <param name="places">Where media listens, one place for each address family that the node serves; without any it is where the engine says.</param>
internal sealed class NodeLegEndpoints(LocalMediaNode node, IReadOnlyList<MediaPlace>? places = null) : ILegEndpoints
{
    /// <summary>Wideband first; Opus says itself that it corrects losses.</summary>
    public IReadOnlyList<LegCodec> Codecs { get; } =
    [
        new(new SdpCodec("opus", 48000, 2, Fmtp: "useinbandfec=1"), AudioCodec.Opus.CanTranscode()),
        new(new SdpCodec("G722", 8000), true),
        new(new SdpCodec("PCMA", 8000), true),
        new(new SdpCodec("PCMU", 8000), true),
    ];

    public ILegEndpoint? Create(string tenant, AddressFamily family, ILegMediaListener listener)
    {
        var observer = new Observer(listener);
        var place = places?.FirstOrDefault(place => place.Bind.AddressFamily == family);
        var endpoint = place is null ? node.TryAllocate(observer) : node.TryAllocate(observer, place.Bind, place.Advertised);
        return endpoint is null ? null : new Endpoint(endpoint, node);
    }

    public IWebRtcEndpoint? CreateWebRtc(string tenant, ILegMediaListener listener) =>
        node.TryAllocateWebRtc(new Observer(listener)) is { } endpoint ? new WebRtcEndpoint(endpoint, node, Codecs) : null;

    private sealed class Observer(ILegMediaListener listener) : IMediaObserver
    {
        public void OnDigit(MediaEndpoint endpoint, char digit) => listener.OnDigit(digit);

        public void OnSilent(MediaEndpoint endpoint) => listener.OnMediaTimeout();

        public void OnPlaybackFinished(MediaEndpoint endpoint) => listener.OnPlaybackFinished();

        public void OnLost(MediaEndpoint endpoint) => listener.OnMediaLost();

        public void OnBack(MediaEndpoint endpoint) => listener.OnMediaBack();
    }

    /// <summary>The same on the shared port of browsers, where a transport is settled beside the media.</summary>
    private sealed class WebRtcEndpoint(MediaEndpoint endpoint, LocalMediaNode node, IReadOnlyList<LegCodec> codecs) : Endpoint(endpoint, node), IWebRtcEndpoint
    {
        private readonly Lock _gate = new();
        private LegMedia? _media;

        private WebRtcLeg Leg => Media.WebRtc!;

        public bool TryAnswer(
            string offerSdp, MediaCodec? preferred, out string answerSdp, out MediaCodec codec, out ImmutableArray<MediaCodec> offered, out string error)
        {
            lock (_gate)
            {
                (answerSdp, codec) = ("", default);
                _media ??= new LegMedia(this, codecs, IPAddress.None);
                if (!_media.TryTakeOffer(Encoding.UTF8.GetBytes(offerSdp), out offered, out error))
                    return false;
                answerSdp = Encoding.UTF8.GetString(_media.Answer(preferred).Span);
                codec = _media.Spoken;
                return true;
            }
        }

        public LocalTransport? Transport(RemoteTransport? peer)
        {
            if (Leg.Local is { } latest && (peer is null || Leg.IsLatest(peer.Credentials) || !Leg.HasPeer))
                return latest;
            return Leg.Prepare();
        }

        public void Start(RemoteTransport peer)
        {
            if (!Leg.IsLatest(peer.Credentials))
                Leg.Start(peer);
        }

        protected override void Apply(LocalMedia local, RemoteMedia remote) => Leg.Apply(local, remote);
    }

    private class Endpoint(MediaEndpoint endpoint, LocalMediaNode node) : ILegEndpoint
    {
        protected MediaEndpoint Media => endpoint;

        public EndpointId Id { get; } = node.IdOf(endpoint);

        public IPEndPoint Local { get; } = new(endpoint.Address, endpoint.RtpPort);

        public void Apply(SdpAgreement agreement, IPAddress signalling)
        {
            Apply(
                new LocalMedia
                {
                    Codecs = Codecs(agreement.ReceiveCodec),
                    Events = Events(agreement.ReceiveEventType, agreement.ReceiveEventClockRate),
                    AudioLevelId = (byte?)agreement.AudioLevelId,
                    Key = Key(agreement.LocalCrypto),
                },
                new RemoteMedia
                {
                    Rtp = At(agreement.RemoteAddress, agreement.RemotePort),
                    Rtcp = At(agreement.RemoteAddress, agreement.RemoteRtcpPort),
                    RtcpMultiplexed = agreement.RtcpMux,
                    Signalling = signalling,
                    Codecs = Codecs(agreement.SendCodec),
                    Events = Events(agreement.SendEventType, agreement.SendEventClockRate),
                    Key = Key(agreement.RemoteCrypto),
                });
            endpoint.SetDirection(agreement.Direction switch
            {
                SdpDirection.SendRecv => MediaDirection.SendReceive,
                SdpDirection.SendOnly => MediaDirection.SendOnly,
                SdpDirection.RecvOnly => MediaDirection.ReceiveOnly,
                _ => MediaDirection.Inactive,
            });
        }

        protected virtual void Apply(LocalMedia local, RemoteMedia remote) => endpoint.Apply(local, remote);

        public LinkEnd? Link(LinkEnd waiting) => node.Link(Id, waiting);

        public void PassDigit(char digit) => endpoint.PassDigit(digit);

        public void Release() => endpoint.Release();

        private static RtpCodec[] Codecs(SdpCodec codec) =>
            AudioCodecs.TryFromName(codec.Name, out var audio) ? [new RtpCodec(audio, (byte)codec.PayloadType)] : [];

        private static EventFormat[] Events(int? payloadType, int? clockRate) =>
            payloadType is { } type && clockRate is { } rate ? [new EventFormat((byte)type, rate)] : [];

        private static SrtpMasterKey? Key(SdpCrypto? crypto) =>
            crypto is not null && SrtpProfiles.TryFromSuiteName(crypto.Suite, out var profile)
                && SrtpMasterKey.TryParse(profile, $"inline:{crypto.KeySalt}", out var key, out _) ? key : null;

        /// <summary>A name instead of an address, or the address of a hold in the old style: the phone is where its packets come from.</summary>
        private static IPEndPoint? At(SdpConnection connection, int port) =>
            !connection.IsUnspecified && port > 0 && IPAddress.TryParse(connection.Address, out var address) ? new IPEndPoint(address, port) : null;
    }
}
