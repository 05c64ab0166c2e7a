using System.Text;

namespace Webphone.Benchmarks;

/// <summary>An INVITE of 1 kB with SDP.</summary>
internal static class SampleInvite
{
    /// <summary>As a desk phone sends it.</summary>
    public static readonly byte[] Bytes = Encoding.ASCII.GetBytes("""
        INVITE sip:102@demo.example SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.101:5060;branch=z9hG4bK-d8754z-3f1a7c2b9e;rport
        Max-Forwards: 70
        Contact: <sip:101@192.0.2.101:5060;transport=udp>
        To: <sip:102@demo.example>
        From: "Alice Adams" <sip:101@demo.example>;tag=5e8f9a01
        Call-ID: NzQ1MmQ4YjEzZDk5Y2QwMGFhNDQ4ZTE0
        CSeq: 1 INVITE
        Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE
        Supported: replaces, timer, 100rel
        Session-Expires: 1800
        Allow-Events: presence, message-summary, dialog, refer, talk, hold
        User-Agent: DeskPhone 3.14.159
        Content-Type: application/sdp
        Content-Length: 370

        v=0
        o=- 13196470385 1 IN IP4 192.0.2.101
        s=DeskPhone
        c=IN IP4 192.0.2.101
        t=0 0
        m=audio 49170 RTP/AVP 9 8 0 96 101
        a=rtpmap:9 G722/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 useinbandfec=1;maxaveragebitrate=30000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=rtcp:49171 IN IP4 192.0.2.101
        a=sendrecv

        """.ReplaceLineEndings("\r\n"));
}
