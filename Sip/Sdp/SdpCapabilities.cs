namespace Webphone.Sip.Sdp;

/// <summary>What our side has to say in an offer or an answer for one audio stream.</summary>
/// <param name="Codecs">In order of preference, without telephone-event; payload types are given by the negotiation.</param>
/// <param name="Address">Where we receive. 0.0.0.0 is a hold in the old style.</param>
/// <param name="Port">Our RTP port.</param>
public sealed record SdpCapabilities(IReadOnlyList<SdpCodec> Codecs, SdpConnection Address, int Port)
{
    /// <summary>Offer and take DTMF by RFC 4733.</summary>
    public bool TelephoneEvents { get; init; } = true;

    /// <summary>Our RTCP port where it is not one above RTP.</summary>
    public int? RtcpPort { get; init; }

    public bool RtcpMux { get; init; }

    public SdpDirection Direction { get; init; } = SdpDirection.SendRecv;

    /// <summary>One fresh key for each SRTP suite that we speak, best first; empty means no SRTP. An offer with keys is RTP/SAVP.</summary>
    public IReadOnlyList<SdpCrypto> Cryptos { get; init; } = [];

    /// <summary>Media is protected by DTLS-SRTP as WebRTC has it (RFC 8827): only UDP/TLS/RTP/SAVPF is offered and taken.</summary>
    public bool IsDtls { get; init; }

    /// <summary>Be told the level of each packet (RFC 6464): asked for in an offer, and taken where it is offered.</summary>
    public bool AudioLevels { get; init; }

    /// <summary>What the session says beside that, such as a=ice-lite.</summary>
    public IReadOnlyList<SdpAttribute> SessionAttributes { get; init; } = [];

    /// <summary>What the audio section says beside its codecs, such as ICE and DTLS attributes.</summary>
    public IReadOnlyList<SdpAttribute> MediaAttributes { get; init; } = [];

    /// <summary>Milliseconds a packet.</summary>
    public int PtimeMs { get; init; } = 20;
}
