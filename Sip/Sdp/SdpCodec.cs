namespace Webphone.Sip.Sdp;

/// <summary>One payload type of a media description: a=rtpmap and a=fmtp together, or a static type of RFC 3551.</summary>
/// <param name="Name">Encoding name; compared in any case.</param>
/// <param name="ClockRate">RTP ticks a second; G.722 says 8000 though it samples at 16000 (RFC 3551 §4.5.2).</param>
/// <param name="PayloadType">0 to 127; -1 in capabilities, where the negotiation gives dynamic types.</param>
/// <param name="Fmtp">Format parameters, or null.</param>
public sealed record SdpCodec(string Name, int ClockRate, int Channels = 1, int PayloadType = -1, string? Fmtp = null)
{
    public bool IsTelephoneEvent => Name.Equals("telephone-event", StringComparison.OrdinalIgnoreCase);

    /// <summary>The same encoding, whatever the payload type; format parameters are not compared.</summary>
    public bool Matches(SdpCodec other) =>
        Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && ClockRate == other.ClockRate && Channels == other.Channels;

    /// <summary>The static types of RFC 3551 §6 that telephones use; null for the others.</summary>
    public static SdpCodec? Static(int payloadType) => payloadType switch
    {
        0 => new SdpCodec("PCMU", 8000, 1, 0),
        3 => new SdpCodec("GSM", 8000, 1, 3),
        4 => new SdpCodec("G723", 8000, 1, 4),
        8 => new SdpCodec("PCMA", 8000, 1, 8),
        9 => new SdpCodec("G722", 8000, 1, 9),
        10 => new SdpCodec("L16", 44100, 2, 10),
        11 => new SdpCodec("L16", 44100, 1, 11),
        13 => new SdpCodec("CN", 8000, 1, 13),
        15 => new SdpCodec("G728", 8000, 1, 15),
        18 => new SdpCodec("G729", 8000, 1, 18),
        _ => null,
    };
}
