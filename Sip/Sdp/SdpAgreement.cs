namespace Webphone.Sip.Sdp;

/// <summary>What an offer and its answer settled for the audio stream, seen from our side.</summary>
/// <param name="MediaIndex">Which m= section it is.</param>
/// <param name="RemoteAddress">Where the other side says that it receives.</param>
/// <param name="SendCodec">The codec with the payload type that we send with.</param>
/// <param name="ReceiveCodec">The codec with the payload type that we receive with; it may differ (RFC 3264 §5.1).</param>
/// <param name="Direction">What we do.</param>
public sealed record SdpAgreement(
    int MediaIndex, SdpConnection RemoteAddress, int RemotePort, int RemoteRtcpPort, SdpCodec SendCodec, SdpCodec ReceiveCodec, SdpDirection Direction)
{
    public bool RtcpMux { get; init; }

    /// <summary>The payload types of telephone-event; null if DTMF does not go in RTP.</summary>
    public int? SendEventType { get; init; }

    public int? ReceiveEventType { get; init; }

    /// <summary>The clock rate of the events that we send; it may be 8000 beside a codec with another (RFC 4733 §2.1 asks for the codec's).</summary>
    public int? SendEventClockRate { get; init; }

    public int? ReceiveEventClockRate { get; init; }

    /// <summary>The key that we send with; null without SRTP.</summary>
    public SdpCrypto? LocalCrypto { get; init; }

    public SdpCrypto? RemoteCrypto { get; init; }

    /// <summary>The number of the header extension in which the other side tells the level of each packet (RFC 6464); null if it does not.</summary>
    public int? AudioLevelId { get; init; }

    public int? PtimeMs { get; init; }
}
