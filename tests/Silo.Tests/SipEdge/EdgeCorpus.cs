using System.Text;
using Webphone.Sip.Tests.Fuzz;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Messages to start mutating from that get as far into a server as an outsider's can: every method, with credentials, for a domain of the server's own.</summary>
public static class EdgeCorpus
{
    private const string Sdp =
        "v=0\r\no=- 77 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

    public static IReadOnlyList<byte[]> Messages { get; } =
    [
        .. Corpus.Messages,
        .. new[] { "INVITE", "REGISTER", "OPTIONS", "MESSAGE", "BYE", "ACK", "CANCEL", "SUBSCRIBE", "REFER", "INFO", "PRACK", "UPDATE", "PUBLISH", "NOTIFY" }
            .Select(Request),
    ];

    private static byte[] Request(string method)
    {
        var body = method == "INVITE" ? Sdp : "";
        return Encoding.ASCII.GetBytes($"{method} sip:102@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK776asdhds\r\nMax-Forwards: 70\r\n"
            + "From: \"Ann\" <sip:101@acme.example>;tag=1928301774\r\nTo: <sip:102@acme.example>\r\nCall-ID: a84b4c76e66710\r\n"
            + $"CSeq: 314159 {method}\r\nContact: <sip:101@127.0.0.1:9>;expires=60\r\nRoute: <sip:127.0.0.1;lr>\r\n"
            + "Authorization: Digest username=\"101\", realm=\"acme.example\", nonce=\"abc\", uri=\"sip:102@acme.example\", "
            + "response=\"0123456789abcdef0123456789abcdef\", qop=auth, nc=00000001, cnonce=\"x\"\r\n"
            + $"Supported: 100rel, timer\r\nContent-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
