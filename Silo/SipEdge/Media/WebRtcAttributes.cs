using System.Globalization;
using Webphone.Media.Dtls;
using Webphone.Media.Ice;
using Webphone.Net.Media.WebRtc;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>ICE (RFC 8839) and DTLS (RFC 8122, RFC 8842) attributes of session descriptions, as WebRTC has them (RFC 8829).</summary>
internal static class WebRtcAttributes
{
    /// <summary>Fingerprints that are looked at; a peer has one certificate, and at most a few hashes of it.</summary>
    public const int MaxFingerprints = 8;

    /// <summary>What an offer or answer of ours says for the whole session.</summary>
    public static IReadOnlyList<SdpAttribute> Session { get; } = [new("ice-lite"), new("msid-semantic", " WMS")];

    /// <summary>Whether a description wants DTLS for its audio.</summary>
    public static bool Has(ReadOnlySpan<byte> description) =>
        SdpSession.TryParse(description, out var session, out _) && session!.Audio is { IsDtls: true };

    /// <summary>What our description says for the audio section.</summary>
    /// <param name="local">The transport.</param>
    /// <param name="role">What we are in the handshake; null leaves it to who answers.</param>
    /// <param name="mid">The section's name in an offer of ours; null in an answer, where the offer's stands.</param>
    public static List<SdpAttribute> Media(LocalTransport local, DtlsRole? role, string? mid)
    {
        List<SdpAttribute> attributes =
        [
            new("ice-ufrag", local.Credentials.Ufrag),
            new("ice-pwd", local.Credentials.Password),
            new("fingerprint", local.Fingerprint.ToString()),
            new("setup", role switch { DtlsRole.Server => "passive", DtlsRole.Client => "active", _ => "actpass" }),
            new("msid", "webphone audio"),
        ];
        if (mid is not null)
            attributes.Add(new SdpAttribute("mid", mid));
        attributes.AddRange(local.Candidates.Select(candidate => new SdpAttribute("candidate", candidate.ToString())));
        attributes.Add(new SdpAttribute("end-of-candidates"));
        return attributes;
    }

    /// <summary>Reads the peer's side; false with the reason when it cannot be spoken with.</summary>
    public static bool TryRead(SdpSession session, SdpMedia media, bool isOffer, out RemoteTransport? peer, out string error)
    {
        peer = null;
        error = "";
        if (!media.RtcpMux)
            error = "no a=rtcp-mux";
        else if (session.Attributes.Any(attribute => attribute.Name == "ice-lite"))
            error = "the peer is ICE lite, as we are";
        else if (!IceCredentials.TryMake(session.ValueOf(media, "ice-ufrag"), session.ValueOf(media, "ice-pwd"), out var credentials))
            error = "no usable a=ice-ufrag and a=ice-pwd";
        else if (Fingerprints(session, media) is not { Count: > 0 } fingerprints)
            error = "no a=fingerprint of sha-256, sha-384 or sha-512";
        else if (Role(session.ValueOf(media, "setup"), isOffer) is not { } role)
            error = "no usable a=setup";
        else
            peer = new RemoteTransport(credentials!, fingerprints, role);
        return peer is not null;
    }

    /// <summary>Opus as we answer it: with the peer's wish for discontinuous transmission, which is its own to make.</summary>
    public static SdpCodec Answered(SdpCodec codec, SdpMedia offer) =>
        codec.Fmtp is { } fmtp && codec.Name == "opus" && offer.Codecs.Any(offered => offered.Matches(codec) && Asks(offered.Fmtp, "usedtx"))
            ? codec with { Fmtp = $"{fmtp};usedtx=1" } : codec;

    private static bool Asks(string? fmtp, string parameter) =>
        (fmtp ?? "").Split(';', StringSplitOptions.TrimEntries).Contains(string.Create(CultureInfo.InvariantCulture, $"{parameter}=1"));

    private static List<DtlsFingerprint> Fingerprints(SdpSession session, SdpMedia media)
    {
        var own = media.Values("fingerprint").ToList();
        var texts = own.Count > 0 ? own : session.Attributes.Where(attribute => attribute.Name == "fingerprint").Select(attribute => attribute.Value ?? "");
        var fingerprints = new List<DtlsFingerprint>();
        foreach (var text in texts.Take(MaxFingerprints))
        {
            if (DtlsFingerprint.TryParse(text, out var fingerprint))
                fingerprints.Add(fingerprint!);
        }
        return fingerprints;
    }

    /// <summary>What we are, by what the peer says that it is.</summary>
    private static DtlsRole? Role(string? setup, bool isOffer) => setup switch
    {
        "active" => DtlsRole.Server,
        "passive" => DtlsRole.Client,
        "actpass" when isOffer => DtlsRole.Server,
        _ => null,
    };
}
