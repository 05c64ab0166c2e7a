using Webphone.Sip.Messages;
using Webphone.Sip.Uris;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Uris;

public class SipUriTests
{
    [Fact]
    public void Takes_a_uri_apart()
    {
        Assert.True(SipUri.TryParse("sips:al%69ce:pw@[2001:db8::1]:5070;transport=tcp;lr?Subject=a%20b&Priority=urgent"u8, out var uri, out _));
        Assert.Equal((UriScheme.Sips, "alice", "pw", "[2001:db8::1]", 5070), (uri.Scheme, uri.UserText, Text(uri.Password), uri.HostText, uri.Port));
        Assert.True(uri.IsLooseRouter);
        Assert.Equal(SipTransport.Tcp, uri.Transport);
        Assert.True(uri.Headers.TryGet("subject"u8, out var subject));
        Assert.Equal("a%20b", Text(subject));
    }

    [Theory]
    [InlineData("sip:")]
    [InlineData("sip:@host")]
    [InlineData("sip:a@")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:a b@c")]
    [InlineData("sip:a@b:0")]
    [InlineData("sip:a@b:65536")]
    [InlineData("sip:a@b:")]
    [InlineData("sip:a@b;")]
    [InlineData("sip:a@b;;lr")]
    [InlineData("sip:a@b;x=")]
    [InlineData("sip:a@b?")]
    [InlineData("sip:a@b?x")]
    [InlineData("sip:a%4@b")]
    [InlineData("sip:a%zz@b")]
    [InlineData("sip:2001:db8::10")]
    [InlineData("sip:[2001:db8::10")]
    [InlineData("sip:[2001:db8:::10]")]
    [InlineData("sip:[fe80::1%25eth0]")]
    [InlineData("sip:a@b\r\nX")]
    [InlineData("tel:")]
    [InlineData("tel:+")]
    [InlineData("tel:+12a")]
    [InlineData("nothing")]
    [InlineData(":x")]
    [InlineData("1sip:a@b")]
    public void Malformed_uris_are_refused(string text) => Assert.False(SipUri.TryParse(Bytes(text), out _, out _));

    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:a@b;security=on", "sip:a@b;security=off", false)]
    [InlineData("sip:a@b", "sips:a@b", false)]
    [InlineData("sip:a%3bb@c", "sip:a;b@c", false)]
    [InlineData("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0:0:0:0:1]", true)]
    [InlineData("tel:+1-212-555-0100", "tel:+12125550100", true)]
    [InlineData("tel:+1-212-555-0100;ext=1-0", "tel:+12125550100;ext=10", true)]
    [InlineData("tel:7042;phone-context=example.com", "tel:7042;phone-context=EXAMPLE.com", true)]
    [InlineData("tel:7042;phone-context=example.com", "tel:7042;phone-context=other.com", false)]
    [InlineData("tel:+12125550100", "tel:12125550100", false)]
    public void Compares_as_the_rfcs_say(string left, string right, bool same)
    {
        Assert.Equal(same, SipUriComparer.Same(Bytes(left), Bytes(right)));
        Assert.Equal(same, SipUriComparer.Same(Bytes(right), Bytes(left)));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("a@b:c d%#\u00e9")]
    public void Users_survive_escaping(string user)
    {
        Assert.True(SipUri.TryParse(Bytes($"sip:{UriEscaping.EncodeUser(user)}@host"), out var uri, out _));
        Assert.Equal(user, uri.UserText);
    }

    [Fact]
    public void An_escaped_nul_stays_escaped() => Assert.Equal("a%00b", UriEscaping.Decode("a%00b"u8));

    [Theory]
    [InlineData(SipLimits.UriBytes, SipParseReason.None)]
    [InlineData(SipLimits.UriBytes + 1, SipParseReason.UriTooLong)]
    public void Length_is_limited(int length, SipParseReason reason)
    {
        _ = SipUri.TryParse(Bytes("sip:" + new string('a', length - 4)), out _, out var error);
        Assert.Equal(reason, error.Reason);
    }

    [Theory]
    [InlineData(SipLimits.Parameters, true)]
    [InlineData(SipLimits.Parameters + 1, false)]
    public void Parameters_are_limited(int count, bool taken) =>
        Assert.Equal(taken, SipUri.TryParse(Bytes("sip:a@b" + string.Concat(Enumerable.Repeat(";p", count))), out _, out _));
}
