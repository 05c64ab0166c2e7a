namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Session descriptions that phones send.</summary>
internal static class TestSdp
{
    public static string Offer(
        string codecs = "0 8", string direction = "sendrecv", string address = "127.0.0.1", string protocol = "RTP/AVP", string more = "", int version = 1, int port = 40000) =>
        $"v=0\r\no=- 77 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP{(address.Contains(':', StringComparison.Ordinal) ? 6 : 4)} {address}\r\nt=0 0\r\nm=audio {port} {protocol} {codecs} 101\r\n"
        + $"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={direction}\r\n{more}";
}
