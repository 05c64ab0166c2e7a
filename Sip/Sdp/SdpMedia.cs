using System.Globalization;

namespace Webphone.Sip.Sdp;

/// <summary>One m= section with all its lines; what is not understood is kept.</summary>
public sealed record SdpMedia(string Kind, int Port, string Protocol, IReadOnlyList<string> Formats)
{
    /// <summary>The number of ports after the slash; 1 if none is given.</summary>
    public int PortCount { get; init; } = 1;

    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpLine> OtherLines { get; init; } = [];

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public bool IsAudio => Kind == "audio";

    /// <summary>Port 0: refused in an answer, not offered in an offer (RFC 3264 §6), unless it is bundled (RFC 9143).</summary>
    public bool IsRejected => Port == 0 && !Has("bundle-only");

    /// <summary>RTP/SAVP and its relatives.</summary>
    public bool IsSecure => Protocol.Contains("SAVP", StringComparison.Ordinal);

    /// <summary>SRTP with keys from DTLS (RFC 5764 §8), over UDP or, as an ICE agent may write, TCP.</summary>
    public bool IsDtls => Protocol is "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP" or "TCP/TLS/RTP/SAVPF" or "TCP/TLS/RTP/SAVP" or "TCP/DTLS/RTP/SAVPF";

    public bool Has(string attribute) => Attributes.Any(a => a.Name == attribute);

    public string? Value(string attribute) => Attributes.FirstOrDefault(a => a.Name == attribute).Value;

    public IEnumerable<string> Values(string attribute) => Attributes.Where(a => a.Name == attribute && a.Value is not null).Select(a => a.Value!);

    public SdpDirection? OwnDirection => SdpSession.FindDirection(Attributes);

    public bool RtcpMux => Has("rtcp-mux");

    /// <summary>The port of a=rtcp (RFC 3605), or null: then RTCP is one above RTP.</summary>
    public int? RtcpPort => Value("rtcp") is { } value && TryPort(value.Split(' ')[0], out var port) ? port : null;

    /// <summary>Milliseconds a packet, or null.</summary>
    public int? PtimeMs => TryPositive(Value("ptime"), out var ms) ? ms : null;

    public IEnumerable<SdpCrypto> Cryptos => Values("crypto").Select(SdpCrypto.Parse).OfType<SdpCrypto>();

    public string? IceUfrag => Value("ice-ufrag");

    public string? IcePwd => Value("ice-pwd");

    public IEnumerable<string> Candidates => Values("candidate");

    public string? Fingerprint => Value("fingerprint");

    public string? Setup => Value("setup");

    public string? Mid => Value("mid");

    /// <summary>The codecs in the order of the m= line; formats without rtpmap that are not static types are left out.</summary>
    public IReadOnlyList<SdpCodec> Codecs
    {
        get
        {
            var codecs = new List<SdpCodec>(Formats.Count);
            foreach (var format in Formats)
            {
                if (int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type <= 127 && Codec(type, format) is { } codec)
                    codecs.Add(codec);
            }

            return codecs;
        }
    }

    /// <summary>This section refused: same kind, protocol and formats, port 0, nothing else (RFC 3264 §6).</summary>
    public SdpMedia Reject() => new(Kind, 0, Protocol, Formats) { Attributes = Mid is { } mid ? [new SdpAttribute("mid", mid)] : [] };

    private SdpCodec? Codec(int type, string format)
    {
        var fmtp = ForFormat("fmtp", format);
        if (ForFormat("rtpmap", format) is not { } map)
            return SdpCodec.Static(type) is { } known ? known with { Fmtp = fmtp } : null;
        var fields = map.Split('/');
        if (fields.Length < 2 || fields[0].Length == 0 || !TryPositive(fields[1], out var rate))
            return null;
        var channels = fields.Length > 2 && TryPositive(fields[2], out var count) ? count : 1;
        return new SdpCodec(fields[0], rate, channels, type, fmtp);
    }

    private string? ForFormat(string attribute, string format)
    {
        foreach (var value in Values(attribute))
        {
            var space = value.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && value.AsSpan(0, space).SequenceEqual(format))
                return value[(space + 1)..].Trim();
        }

        return null;
    }

    internal static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;

    private static bool TryPositive(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
