using System.Net;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sdp;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Torture;

/// <summary>The IPv6 messages of RFC 5118 §4, each with what its section asks for.</summary>
public class Rfc5118Tests
{
    private const string Rest =
        "To: sip:user@example.com\r\nFrom: sip:user@example.com;tag=81x2\r\nMax-Forwards: 70\r\nContact: \"Caller\" <sip:caller@[2001:db8::1]>\r\nCall-ID: SSG9559905523997077@hlau_4100\r\nCSeq: 98176 REGISTER\r\n";

    [Fact]
    public void Section_4_1_an_ipv6_reference_is_valid()
    {
        var message = Take(Register("[2001:db8::10]", "[2001:db8::9:1]"));
        Assert.True(message.TryGetRequestUri(out var uri));
        Assert.Equal("[2001:db8::10]", uri.HostText);
    }

    [Fact]
    public void Section_4_2_an_address_without_brackets_is_malformed() =>
        Assert.Equal(SipParseReason.MalformedRequestUri, Refuse(Register("2001:db8::10", "[2001:db8::9:1]")));

    [Fact]
    public void Section_4_3_a_port_within_the_brackets_is_part_of_the_address()
    {
        Assert.True(Take(Register("[2001:db8::10:5070]", "[2001:db8::9:1]")).TryGetRequestUri(out var uri));
        Assert.Equal(("[2001:db8::10:5070]", 0), (uri.HostText, uri.Port));
    }

    [Fact]
    public void Section_4_4_a_port_after_the_brackets_is_a_port()
    {
        Assert.True(Take(Register("[2001:db8::10]:5070", "[2001:db8::9:1]")).TryGetRequestUri(out var uri));
        Assert.Equal(("[2001:db8::10]", 5070), (uri.HostText, uri.Port));
    }

    [Theory]
    [InlineData("[2001:db8::9:255]")]
    [InlineData("2001:db8::9:255")]
    public void Section_4_5_received_is_taken_with_and_without_brackets(string received) => Assert.Equal(
        IPAddress.Parse("2001:db8::9:255"), Take(Register("[2001:db8::10]", $"[2001:db8::9:1];received={received}")).TopVia.ReceivedAddress);

    [Fact]
    public void Section_4_6_sdp_writes_addresses_without_brackets()
    {
        Assert.True(SdpSession.TryParse("v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed for today's meeting\r\nc=IN IP6 2001:db8::20\r\nt=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 2\r\na=rtpmap:2 G726-32/8000\r\nm=video 6024 RTP/AVP 107\r\na=rtpmap:107 H263-1998/90000\r\n"u8, out var session, out _));
        Assert.Equal(new SdpConnection("2001:db8::20", true), session!.Connection);
    }

    [Fact]
    public void Section_4_7_both_families_mix_in_the_headers()
    {
        var message = Take(Bytes(Text(Register("[2001:db8::10]", "[2001:db8::9:1]:6050")).Replace("To:", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\nTo:", StringComparison.Ordinal)));
        Assert.Equal(("[2001:db8::9:1]", 6050, 2), (Text(message.ViaHost), message.ViaPort, message.Headers(HeaderName.Via).Count()));
    }

    [Fact]
    public void Section_4_8_both_families_mix_in_sdp()
    {
        Assert.True(SdpSession.TryParse("v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:107 H263-1998/90000\r\n"u8, out var session, out _));
        Assert.Equal([false, true], session!.Media.Select(media => session.ConnectionOf(media)!.IsIPv6));
    }

    [Fact]
    public void Section_4_9_an_ipv4_mapped_address_is_valid() => Assert.Equal("[::ffff:192.0.2.10]", Text(Take(Register("example.com", "[::ffff:192.0.2.10]:19823")).ViaHost));

    [Theory]
    [InlineData("[2001:db8::192.0.2.1]", SipParseReason.None)]
    [InlineData("[2001:db8:::192.0.2.1]", SipParseReason.None)]
    [InlineData("[2001:db8:::10]", SipParseReason.MalformedRequestUri)]
    [InlineData("[2001:db8::::192.0.2.1]", SipParseReason.MalformedRequestUri)]
    [InlineData("[2001:db8::1:::192.0.2.1]", SipParseReason.MalformedRequestUri)]
    public void Section_4_10_the_third_colon_of_the_old_grammar_is_understood_before_an_ipv4_address_only(string host, SipParseReason reason)
    {
        _ = SipMessage.TryParse(Register(host, "[2001:db8::9:1]"), out _, out var error);
        Assert.Equal(reason, error.Reason);
    }

    [Fact]
    public void Section_4_10_the_third_colon_changes_no_address()
    {
        var request = Take(Register("example.com", "[2001:db8:::192.0.2.1]"));
        request.Stamp(IPAddress.Parse("2001:db8::192.0.2.1"), 5060);
        Assert.True(request.ReceivedStamp.IsEmpty);
    }

    private static byte[] Register(string host, string sentBy) => Bytes($"REGISTER sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {sentBy};branch=z9hG4bKas3-111\r\n{Rest}Content-Length: 0\r\n\r\n");
}
