using Webphone.Sip.Sdp;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Sdp;

public class SdpSessionTests
{
    private const string Browser =
        "v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\ns=-\r\ni=about\r\nb=AS:64\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=fingerprint:sha-256 AA:BB\r\n"
        + "m=audio 9/2 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP6 ::1\r\nb=TIAS:1\r\na=ice-ufrag:F7gI\r\na=ice-pwd:x9cml\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n"
        + "a=setup:actpass\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=unknown:kept\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=bundle-only\r\na=mid:1\r\n";

    [Fact]
    public void Everything_is_kept_in_a_round_trip()
    {
        var session = Parse(Browser);
        Assert.Equal(Browser, session.ToString());
        var audio = session.Audio!;
        Assert.Equal(("F7gI", "x9cml", "actpass", "0", true), (audio.IceUfrag, audio.IcePwd, audio.Setup, audio.Mid, audio.RtcpMux));
        Assert.Equal("sha-256 AA:BB", session.ValueOf(audio, "fingerprint"));
        Assert.Equal(["0", "1"], session.Bundle);
        Assert.Equal(["opus", "PCMU"], audio.Codecs.Select(codec => codec.Name));
        Assert.False(session.Media[1].IsRejected);
    }

    [Theory]
    [InlineData("o=- 1 1 IN IP4 x", SdpErrorReason.None)]
    [InlineData("o=- 1 1 IN IP4", SdpErrorReason.MalformedOrigin)]
    [InlineData("o=- a 1 IN IP4 x", SdpErrorReason.MalformedOrigin)]
    [InlineData("s=x", SdpErrorReason.MissingOrigin)]
    [InlineData("nonsense", SdpErrorReason.MalformedLine)]
    [InlineData("c=IN IP5 x", SdpErrorReason.MalformedConnection)]
    [InlineData("m=audio x RTP/AVP 0", SdpErrorReason.MalformedMedia)]
    [InlineData("m=audio 65536 RTP/AVP 0", SdpErrorReason.MalformedMedia)]
    [InlineData("m=audio 1 RTP/AVP", SdpErrorReason.MalformedMedia)]
    [InlineData("s=a\0b", SdpErrorReason.NotText)]
    public void Malformed_lines_are_named(string line, SdpErrorReason reason)
    {
        _ = SdpSession.TryParse(Bytes($"v=0\n{line}\n"), out _, out var error);
        Assert.Equal(reason, error.Reason);
    }

    [Fact]
    public void Sizes_are_limited()
    {
        Assert.Equal(SdpErrorReason.None, Reason(SdpLimits.Media, 1));
        Assert.Equal(SdpErrorReason.TooManyMedia, Reason(SdpLimits.Media + 1, 1));
        Assert.Equal(SdpErrorReason.None, Reason(1, SdpLimits.Formats));
        Assert.Equal(SdpErrorReason.MalformedMedia, Reason(1, SdpLimits.Formats + 1));
        Assert.Equal(SdpErrorReason.None, Lines(SdpLimits.Lines - 2));
        Assert.Equal(SdpErrorReason.TooManyLines, Lines(SdpLimits.Lines - 1));
        Assert.False(SdpSession.TryParse(new byte[SdpLimits.Bytes + 1], out _, out var error));
        Assert.Equal(SdpErrorReason.TooLarge, error.Reason);
    }

    [Fact]
    public void Every_truncation_returns()
    {
        for (var length = 0; length < Browser.Length; length++)
            _ = SdpSession.TryParse(Bytes(Browser[..length]), out _, out _);
    }

    private static SdpErrorReason Reason(int media, int formats)
    {
        var line = "m=audio 1 RTP/AVP" + string.Concat(Enumerable.Repeat(" 0", formats)) + "\r\n";
        _ = SdpSession.TryParse(Bytes("v=0\r\no=- 1 1 IN IP4 x\r\n" + string.Concat(Enumerable.Repeat(line, media))), out _, out var error);
        return error.Reason;
    }

    private static SdpErrorReason Lines(int count)
    {
        _ = SdpSession.TryParse(Bytes("v=0\r\no=- 1 1 IN IP4 x\r\n" + string.Join("\r\n", Enumerable.Repeat("a=x", count))), out _, out var error);
        return error.Reason;
    }

    private static SdpSession Parse(string text)
    {
        Assert.True(SdpSession.TryParse(Bytes(text), out var session, out var error), error.ToString());
        return session!;
    }
}
