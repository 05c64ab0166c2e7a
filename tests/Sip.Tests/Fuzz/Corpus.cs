using System.Text;

namespace Webphone.Sip.Tests.Fuzz;

/// <summary>Messages to start mutating from, one for each part of the grammar.</summary>
public static class Corpus
{
    public static IReadOnlyList<byte[]> Messages { get; } = [.. new[] { Invite, Register, Ok, Refer, Multipart, Unauthorized }.Select(text => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")))];

    private const string Invite = """
        INVITE sip:bob@biloxi.example.com;transport=tcp SIP/2.0
        Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9;rport, SIP/2.0/UDP [2001:db8::9:1];received=192.0.2.4;branch=z9hG4bKa
        Max-Forwards: 70
        From: "Alice \"A\"" <sip:alice@atlanta.example.com>;tag=9fxced76sl
        To: Bob <sip:bob@biloxi.example.com>
        Call-ID: 3848276298220188511@atlanta.example.com
        CSeq: 1 INVITE
        Route: <sip:ss1.example.com;lr>, <sip:[2001:db8::1]:5061;lr>
        Contact: <sip:alice@client.atlanta.example.com;transport=tcp>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>";reg-id=1
        Allow: INVITE, ACK, CANCEL, BYE, PRACK
        Supported: 100rel, timer
        Session-Expires: 1800;refresher=uac
        Min-SE: 90
        Content-Type: application/sdp
        Content-Length: 279

        v=0
        o=alice 2890844526 2890844526 IN IP4 client.atlanta.example.com
        s=-
        c=IN IP4 192.0.2.101
        t=0 0
        m=audio 49172 RTP/AVP 0 96 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 useinbandfec=1
        a=rtpmap:101 telephone-event/8000
        a=sendrecv
        m=video 0 RTP/AVP 31

        """;

    private const string Register = """
        REGISTER sips:ss2.biloxi.example.com SIP/2.0
        v: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashd92
        Max-Forwards: 70
        f: Bob <sips:bob@biloxi.example.com>;tag=ja743ks76zlflH
        t: Bob <sips:bob@biloxi.example.com>
        i: 1j9FpLxk3uxtm8tn@biloxi.example.com
        CSeq: 2 REGISTER
        m: <sips:bob@client.biloxi.example.com>;expires=3600;q=0.7, <tel:+1-212-555-0100;ext=12>
        Path: <sip:P1.example.com;lr>
        Authorization: Digest username="bob", realm="atlanta.example.com", nonce="ea9c8e88df84f1cec4341ae6cbe5a359", opaque="",
         uri="sips:ss2.biloxi.example.com", response="dfe56131d1958046689d83306477ecc", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="abc"
        l: 0


        """;

    private const string Ok = """
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP server10.biloxi.example.com;branch=z9hG4bKnashds8;received=192.0.2.3
        To: Bob <sip:bob@biloxi.example.com>;tag=a6c85cf
        From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
        Call-ID: a84b4c76e66710@pc33.atlanta.example.com
        CSeq: 314159 INVITE
        RSeq: 988789
        Date: Sat, 13 Nov 2010 23:29:00 GMT
        Retry-After: 18000 (in a meeting);duration=3600
        Warning: 301 isi.edu "Incompatible network address type 'E.164'"
        Content-Length: 0


        """;

    private const string Refer = """
        REFER sip:b@atlanta.example.com SIP/2.0
        Via: SIP/2.0/UDP agenta.atlanta.example.com;branch=z9hG4bK2293940223
        To: <sip:b@atlanta.example.com>;tag=4992881234
        From: <sip:a@atlanta.example.com>;tag=193402342
        Call-ID: 898234234@agenta.atlanta.example.com
        CSeq: 93809823 REFER
        Max-Forwards: 70
        Refer-To: <sip:carol@cleveland.example.com?Replaces=12345%40192.0.2.1%3Bto-tag%3D12%3Bfrom-tag%3D5FFE>
        Referred-By: <sip:a@atlanta.example.com>
        Replaces: 425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only
        Event: refer;id=93809824
        Subscription-State: terminated;reason=noresource;expires=5
        Reason: SIP ;cause=200 ;text="Call completed elsewhere"
        RAck: 776656 1 INVITE
        Contact: *
        Content-Length: 0


        """;

    private const string Multipart = """
        MESSAGE sip:+1-212-555-0100;phone-context=example.com@gw.example.com;user=phone SIP/2.0
        Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks
        From: <sip:a@example.com>;tag=1
        To: <sip:b@example.com>
        Call-ID: x
        CSeq: 4 MESSAGE
        Content-Type: multipart/mixed;boundary="b1"

        --b1
        Content-Type: text/plain

        hello
        --b1
        Content-Type: application/sdp

        v=0
        o=- 1 1 IN IP4 192.0.2.1
        s=-
        t=0 0
        --b1--

        """;

    private const string Unauthorized = """
        SIP/2.0 401 Unauthorized
        Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1
        From: <sip:a@example.com>;tag=1
        To: <sip:b@example.com>;tag=2
        Call-ID: y@example.com
        CSeq: 1 REGISTER
        WWW-Authenticate: Digest realm="example.com", nonce="abc", algorithm=SHA-256, qop="auth,auth-int", stale=true
        WWW-Authenticate: Digest realm="example.com", nonce="abc", algorithm=MD5
        Content-Length: 0


        """;
}
