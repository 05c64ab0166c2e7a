using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Headers;

public class HeaderValueTests
{
    [Fact]
    public void Every_name_is_found_in_any_case_and_written_as_spelled()
    {
        for (var name = HeaderName.Accept; name <= HeaderName.WwwAuthenticate; name++)
        {
            Assert.False(name.Text().IsEmpty, name.ToString());
            Assert.Equal(name, HeaderNames.Parse(name.Text()));
            Assert.Equal(name, HeaderNames.Parse(Bytes(Text(name.Text()).ToUpperInvariant())));
        }

        Assert.Equal(HeaderName.Via, HeaderNames.Parse("V"u8));
        Assert.Equal(HeaderName.SessionExpires, HeaderNames.Parse("x"u8));
        Assert.Equal(HeaderName.Unknown, HeaderNames.Parse("\u00f6"u8[..1]));
    }

    [Fact]
    public void Contacts_know_their_registration_parameters()
    {
        Assert.True(ContactValue.TryParse("\"A\\\"b\" <sip:a@h;x=1>;expires=60;q=0.75;+sip.instance=\"<urn:uuid:1>\";reg-id=2"u8, out var contact, out _));
        Assert.Equal(("A\"b", "sip:a@h;x=1", 60u, 750, "urn:uuid:1", 2u),
            (contact.Address.DisplayName, Text(contact.Uri), contact.Expires, contact.QThousandths, Text(contact.Instance), contact.RegId));
        Assert.True(ContactValue.TryParse(" * "u8, out var star, out _) && star.IsStar);
        Assert.True(ContactValue.TryParse("sip:a@h;expires=99999999999"u8, out var bare, out _));
        Assert.Equal(("sip:a@h", uint.MaxValue, 1000), (Text(bare.Uri), bare.Expires, bare.QThousandths));
    }

    [Fact]
    public void Values_of_the_extensions_are_read()
    {
        Assert.True(RAckValue.TryParse("776656 1 INVITE"u8, out var rack, out _));
        Assert.Equal((776656u, 1u, SipMethod.Invite), (rack.ResponseNumber, rack.CSeq.Number, rack.CSeq.Method));
        Assert.True(DeltaSeconds.TryParse("1800;refresher=UAS"u8, out var expires, out _) && expires.IsRefresherUas && expires.Seconds == 1800);
        Assert.True(DeltaSeconds.TryParse("18000 (in a (long) meeting);duration=3600"u8, out var retry, out _) && retry.Parameters.GetNumber("duration"u8) == 3600);
        Assert.True(DialogReference.TryParse("c@h ;to-tag=1;from-tag=2;early-only"u8, out var replaces, out _));
        Assert.Equal(("c@h", "1", "2", true), (Text(replaces.CallId), Text(replaces.ToTag), Text(replaces.FromTag), replaces.EarlyOnly));
        Assert.True(TokenValue.TryParse("SIP ;cause=200 ;text=\"Call completed elsewhere\""u8, out var reason, out _));
        Assert.Equal((200u, "Call completed elsewhere"), (reason.Cause, reason.Parameters.GetText("text"u8)));
        Assert.True(TokenValue.TryParse("active;expires=30"u8, out var state, out _) && state.Is("ACTIVE"u8) && state.Expires == 30);
        Assert.True(SipDate.TryParse("Sat, 13 Nov 2010 23:29:00 GMT"u8, out var date, out _));
        Assert.Equal(new DateTimeOffset(2010, 11, 13, 23, 29, 0, TimeSpan.Zero), date);
    }

    [Theory]
    [InlineData("0 INVITE", true)]
    [InlineData("2147483647 INVITE", true)]
    [InlineData("2147483648 INVITE", false)]
    [InlineData("1INVITE", false)]
    [InlineData("1", false)]
    [InlineData("-1 INVITE", false)]
    [InlineData("1 INVITE x", false)]
    public void CSeq_is_below_two_to_the_31(string value, bool taken) => Assert.Equal(taken, CSeqValue.TryParse(Bytes(value), out _, out _));

    [Theory]
    [InlineData("SIP/2.0/UDP h", true)]
    [InlineData("SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1", true)]
    [InlineData("SIP/2.0/UDP [2001:db8::1]:5060;received=2001:db8::2", true)]
    [InlineData("SIP/2.0/UDP", false)]
    [InlineData("SIP/2.0 UDP h", false)]
    [InlineData("SIP/2.0/UDP h:0", false)]
    [InlineData("SIP/2.0/UDP 2001:db8::1", false)]
    [InlineData("SIP/2.0/UDP h;branch=a;branch=b", false)]
    [InlineData("SIP/2.0/UDP h;;", false)]
    [InlineData("HTTP/2.0/UDP h", false)]
    public void Vias_are_checked(string value, bool taken) => Assert.Equal(taken, Via.TryParse(Bytes(value), out _, out _));
}
