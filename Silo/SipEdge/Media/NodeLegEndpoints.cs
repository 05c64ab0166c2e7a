using System.Net;
using Webphone.Grains.Media;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Srtp;
using Webphone.Net.Media;
using Webphone.Silo.MediaNode;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>The endpoints of this silo's media node, in the terms of session descriptions.</summary>
internal sealed class NodeLegEndpoints(LocalMediaNode node) : ILegEndpoints
{
    /// <summary>Wideband first; Opus says itself that it corrects losses.</summary>
    public IReadOnlyList<LegCodec> Codecs { get; } =
    [
        new(new SdpCodec("opus", 48000, 2, Fmtp: "useinbandfec=1"), AudioCodec.Opus.CanTranscode()),
        new(new SdpCodec("G722", 8000), true),
        new(new SdpCodec("PCMA", 8000), true),
        new(new SdpCodec("PCMU", 8000), true),
    ];

    public ILegEndpoint? Create(string tenant, ILegMediaListener listener) =>
        node.TryAllocate(new Observer(listener)) is { } endpoint ? new Endpoint(endpoint, node.IdOf(endpoint)) : null;

    private sealed class Observer(ILegMediaListener listener) : IMediaObserver
    {
        public void OnDigit(MediaEndpoint endpoint, char digit) => listener.OnDigit(digit);

        public void OnSilent(MediaEndpoint endpoint) => listener.OnMediaTimeout();

        public void OnPlaybackFinished(MediaEndpoint endpoint) => listener.OnPlaybackFinished();
    }

    private sealed class Endpoint(MediaEndpoint endpoint, EndpointId id) : ILegEndpoint
    {
        public EndpointId Id => id;

        public IPEndPoint Local { get; } = new(endpoint.Address, endpoint.RtpPort);

        public void Apply(SdpAgreement agreement, IPAddress signalling)
        {
            endpoint.Apply(
                new LocalMedia
                {
                    Codecs = Codecs(agreement.ReceiveCodec),
                    Events = Events(agreement.ReceiveEventType, agreement.ReceiveCodec),
                    Key = Key(agreement.LocalCrypto),
                },
                new RemoteMedia
                {
                    Rtp = At(agreement.RemoteAddress, agreement.RemotePort),
                    Rtcp = At(agreement.RemoteAddress, agreement.RemoteRtcpPort),
                    RtcpMultiplexed = agreement.RtcpMux,
                    Signalling = signalling,
                    Codecs = Codecs(agreement.SendCodec),
                    Events = Events(agreement.SendEventType, agreement.SendCodec),
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

        public void PassDigit(char digit) => endpoint.PassDigit(digit);

        public void Release() => endpoint.Release();

        private static RtpCodec[] Codecs(SdpCodec codec) =>
            AudioCodecs.TryFromName(codec.Name, out var audio) ? [new RtpCodec(audio, (byte)codec.PayloadType)] : [];

        private static EventFormat[] Events(int? payloadType, SdpCodec codec) =>
            payloadType is { } type ? [new EventFormat((byte)type, codec.ClockRate == 48000 ? 48000 : 8000)] : [];

        private static SrtpMasterKey? Key(SdpCrypto? crypto) =>
            crypto is not null && SrtpProfiles.TryFromSuiteName(crypto.Suite, out var profile)
                && SrtpMasterKey.TryParse(profile, $"inline:{crypto.KeySalt}", out var key, out _) ? key : null;

        /// <summary>A name instead of an address, or the address of a hold in the old style: the phone is where its packets come from.</summary>
        private static IPEndPoint? At(SdpConnection connection, int port) =>
            !connection.IsUnspecified && port > 0 && IPAddress.TryParse(connection.Address, out var address) ? new IPEndPoint(address, port) : null;
    }
}
