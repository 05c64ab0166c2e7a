using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Sessions;

/// <summary>Offer/answer, the session timer and the repeater, each by itself.</summary>
public sealed class SessionPartsTests
{
    [Fact]
    public void One_offer_is_open_at_a_time()
    {
        var offers = default(OfferAnswer);
        Assert.False(offers.SendAnswer());
        Assert.False(offers.ReceiveAnswer());
        Assert.True(offers.SendOffer());
        Assert.False(offers.SendOffer());
        Assert.False(offers.SendAnswer());
        Assert.Equal(OfferVerdict.Glare, offers.ReceiveOffer());
        Assert.True(offers.ReceiveAnswer());
        Assert.True(offers is { HasSession: true, IsStable: true });
        Assert.Equal(OfferVerdict.Accepted, offers.ReceiveOffer());
        Assert.Equal(OfferVerdict.Overlap, offers.ReceiveOffer());
        Assert.False(offers.SendOffer());
        offers.Abandon();
        Assert.True(offers is { HasSession: true, IsStable: true });
        Assert.False(offers.SendAnswer());
    }

    [Theory]
    [InlineData("", 1800, true)]
    [InlineData("Session-Expires: 600\r\nSupported: timer\r\n", 600, false)]
    [InlineData("Session-Expires: 600;refresher=uas\r\nSupported: timer\r\n", 600, true)]
    [InlineData("Session-Expires: 600;refresher=uac\r\nSupported: timer\r\n", 600, false)]
    [InlineData("Session-Expires: 600\r\n", 600, true)]
    [InlineData("Session-Expires: 7200\r\nSupported: timer\r\n", 1800, false)]
    [InlineData("Session-Expires: 7200\r\nMin-SE: 3600\r\nSupported: timer\r\n", 3600, false)]
    [InlineData("Session-Expires: 90\r\nSupported: timer\r\n", 90, false)]
    [InlineData("Session-Expires: 30\r\n", 90, true)]
    [InlineData("x: 600;refresher=uac\r\nSupported: timer\r\n", 600, false)]
    public void The_callee_negotiates_the_interval_and_the_refresher(string headers, int seconds, bool weRefresh)
    {
        var timer = default(SessionTimer);
        Assert.True(timer.Negotiate(Invite(headers), 1800, 90, 0));
        Assert.Equal((seconds, weRefresh), (timer.IntervalSeconds, timer.WeRefresh));
    }

    [Fact]
    public void An_interval_below_the_minimum_is_refused()
    {
        var timer = default(SessionTimer);
        Assert.False(timer.Negotiate(Invite("Session-Expires: 89\r\nSupported: timer\r\n"), 1800, 90, 0));
        Assert.Equal(0, timer.IntervalSeconds);
    }

    [Fact]
    public void The_refresher_sends_at_half_time_and_both_give_up_before_the_end()
    {
        var timer = default(SessionTimer);
        timer.Start(1800, weRefresh: true, 1000);
        Assert.Equal((901_000, 1_769_000), (timer.RefreshAtMs, timer.ExpireAtMs));
        timer.Start(90, weRefresh: false, 0);
        Assert.Equal((TransactionCore.Never, 60_000), (timer.RefreshAtMs, timer.ExpireAtMs));
    }

    [Fact]
    public void A_success_is_repeated_at_T1_doubling_to_T2_for_64_T1()
    {
        var repeater = default(Repeater);
        repeater.Start([1], TransactionTimers.Default, 4000, 0);
        var sent = new List<long>();
        bool gaveUp;
        long now;
        do
        {
            now = repeater.NextDeadlineMs;
            if (repeater.Advance(now, out gaveUp) is not null)
                sent.Add(now);
        }
        while (!gaveUp);
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], sent);
        Assert.Equal((32_000, false), (now, repeater.IsRunning));
    }

    private static SipMessage Invite(string headers)
    {
        var text = "INVITE sip:b@a SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:1@a>;tag=1\r\nTo: <sip:b@a>\r\n"
            + $"Call-ID: c\r\nCSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n";
        Assert.True(SipMessage.TryParse(Encoding.ASCII.GetBytes(text), out var message, out var error), error.ToString());
        return message!;
    }
}
