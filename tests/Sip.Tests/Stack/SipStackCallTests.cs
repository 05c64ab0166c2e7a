using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Tests.Stack;

/// <summary>Whole calls between two stacks, on a network that does as it is told.</summary>
public sealed class SipStackCallTests
{
    private readonly VirtualNetwork _network = new(1);
    private readonly Phone _ann;
    private readonly Phone _bob;

    public SipStackCallTests()
    {
        _ann = _network.Add("ann");
        _bob = _network.Add("bob");
    }

    [Theory]
    [InlineData(SipTransport.Udp)]
    [InlineData(SipTransport.Tcp)]
    [InlineData(SipTransport.Wss)]
    public void A_call_is_made_answered_and_hung_up(SipTransport transport)
    {
        var network = new VirtualNetwork(2);
        var ann = network.Add("ann", transport);
        var bob = network.Add("bob", transport);
        var call = ann.Call(bob);
        network.Run(1000);
        Assert.Equal(SessionState.Established, call.State);
        Assert.Equal(SessionState.Established, bob.Sessions[0].State);
        call.Hangup();
        network.Run(100_000);
        Assert.Equal(["Progress", "Answered", "Ended LocalBye"], ann.Events);
        Assert.Equal(["Acknowledged", "Ended RemoteBye"], bob.Events);
        Assert.Equal(["ann: INVITE", "bob: 180 INVITE", "bob: 200 INVITE", "ann: ACK", "ann: BYE", "bob: 200 BYE"], network.Log);
        ann.AssertNothingLeft();
        bob.AssertNothingLeft();
    }

    [Fact]
    public void The_callee_hangs_up()
    {
        _ann.Call(_bob);
        _network.Run(1000);
        _bob.Sessions[0].Hangup();
        _network.Run(100_000);
        Assert.Equal("Ended RemoteBye", _ann.Events[^1]);
        Assert.Equal("Ended LocalBye", _bob.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void A_silent_user_gets_a_trying_sent_for_it()
    {
        _bob.Invited = invite => _bob.Later(400, () => _bob.Stack.Respond(invite, 486));
        _ann.Call(_bob);
        _network.Run(100_000);
        Assert.Equal(["ann: INVITE", "bob: 100 INVITE", "bob: 486 INVITE", "ann: ACK"], _network.Log);
        Assert.Equal(["Ended RemoteReject"], _ann.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void A_ringing_call_is_cancelled()
    {
        Ring();
        var call = _ann.Call(_bob);
        _network.Run(1000);
        call.Hangup(new SipPayload(new HeaderLines().Add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"").Bytes));
        _network.Run(100_000);
        Assert.Equal(["ann: INVITE", "bob: 180 INVITE", "ann: CANCEL", "bob: 200 CANCEL", "bob: 487 INVITE", "ann: ACK"], _network.Log);
        Assert.Equal("Ended LocalCancel", _ann.Events[^1]);
        Assert.Equal("Ended RemoteCancel", _bob.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void A_call_cancelled_before_any_response_waits_with_its_cancel()
    {
        _network.Drops = (from, message) => from == _bob && message.StatusCode == 180 && _network.NowMs < 1_000_400;
        Ring();
        var call = _ann.Call(_bob);
        _network.Run(50);
        call.Hangup();
        Assert.DoesNotContain("ann: CANCEL", _network.Log);
        _network.Run(100_000);
        Assert.Contains("ann: CANCEL", _network.Log);
        Assert.Equal(["Ended LocalCancel"], _ann.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void A_cancel_that_crosses_the_answer_ends_in_a_bye()
    {
        Ring();
        var call = _ann.Call(_bob);
        _network.Run(1000);
        _bob.Sessions[0].Answer(Phone.Sdp("v=0"));
        call.Hangup();
        _network.Run(100_000);
        Assert.Equal(["ann: ACK", "ann: BYE"], _network.Log.Where(l => l is "ann: ACK" or "ann: BYE"));
        Assert.Equal("Ended LocalCancel", _ann.Events[^1]);
        Assert.Equal("Ended RemoteBye", _bob.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void Two_byes_cross()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        call.Hangup();
        _bob.Sessions[0].Hangup();
        _network.Run(100_000);
        Assert.StartsWith("Ended", _ann.Events[^1], StringComparison.Ordinal);
        Assert.StartsWith("Ended", _bob.Events[^1], StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void A_lost_ack_has_the_answer_repeated_and_acknowledged_again()
    {
        var lost = 0;
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Ack && lost++ < 3;
        _ann.Call(_bob);
        _network.Run(20_000);
        Assert.Equal(4, _network.Log.Count(l => l == "bob: 200 INVITE"));
        Assert.Equal(4, _network.Log.Count(l => l == "ann: ACK"));
        Assert.Equal(1, _bob.Events.Count(e => e == "Acknowledged"));
        Assert.Equal(SessionState.Established, _bob.Sessions[0].State);
    }

    [Fact]
    public void A_call_whose_ack_never_comes_is_hung_up()
    {
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Ack;
        _ann.Call(_bob);
        _network.Run(100_000);
        Assert.Equal("Ended NoAck", _bob.Events[^1]);
        Assert.Equal("Ended RemoteBye", _ann.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void A_phone_that_is_gone_ends_the_call_attempt_after_32_seconds()
    {
        _network.Drops = (_, _) => true;
        _ann.Call(_bob);
        _network.Run(31_900);
        Assert.Empty(_ann.Events);
        _network.Run(200);
        Assert.Equal(["Ended NoResponse"], _ann.Events);
        Assert.Equal(7, _network.Log.Count);
        AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_nobody_answers_is_cancelled_after_three_minutes()
    {
        Ring();
        _ann.Call(_bob);
        _network.Run(300_000);
        Assert.Contains(_ann.Events[^1], new[] { "Ended RingTimeout", "Ended RemoteReject" });
        AssertNothingLeft();
    }

    [Fact]
    public void A_delayed_offer_is_answered_in_the_ack()
    {
        _ann.Call(_bob, sdp: null);
        _network.Run(1000);
        Assert.Equal(["Progress", "Answered"], _ann.Events);
        Assert.True(_ann.Sessions[0].Dialog!.Offers.HasSession);
        Assert.True(_bob.Sessions[0].Dialog!.Offers.HasSession);
    }

    [Fact]
    public void A_re_invite_brings_an_answer_and_a_refused_one_keeps_the_call()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        Assert.True(call.Offer(Phone.Sdp("v=0 hold")));
        Assert.False(call.Offer(Phone.Sdp("v=0 again")));
        _network.Run(1000);
        Assert.Equal("Answer", _ann.Events[^1]);
        _bob.Happened = (session, e) =>
        {
            if (e.Kind == SessionEventKind.Offer)
                session.RejectOffer();
        };
        Assert.True(call.Offer(Phone.Sdp("v=0 hold")));
        _network.Run(40_000);
        Assert.Equal("OfferRefused", _ann.Events[^1]);
        Assert.Equal(SessionState.Established, call.State);
        Assert.True(call.Offer(Phone.Sdp("v=0 update"), byUpdate: true));
        _bob.Happened = null;
        _network.Run(1000);
        call.Hangup();
        _network.Run(100_000);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Offers_that_cross_are_both_refused_and_tried_again(bool update)
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        Action<InviteSession, SessionEvent> retry = (session, e) =>
        {
            if (e.Kind == SessionEventKind.RetryOffer)
                session.Offer(Phone.Sdp("v=0 again"), update);
            else if (e.Kind == SessionEventKind.Offer)
                session.AcceptOffer(Phone.Sdp("v=0 answer"));
        };
        _ann.Happened = retry;
        _bob.Happened = retry;
        Assert.True(call.Offer(Phone.Sdp("v=0 a"), update));
        Assert.True(_bob.Sessions[0].Offer(Phone.Sdp("v=0 b"), update));
        _network.Run(10_000);
        Assert.Equal(2, _network.Log.Count(l => l.Contains("491", StringComparison.Ordinal)));
        Assert.Contains("Answer", _bob.Events);
        Assert.Equal(SessionState.Established, call.State);
        Assert.True(call.Dialog!.Offers.IsStable);
        Assert.True(_bob.Sessions[0].Dialog!.Offers.IsStable);
    }

    /// <summary>RFC 3261 §14.1.</summary>
    [Theory]
    [InlineData(true, 2_100, 4_000)]
    [InlineData(false, 0, 2_000)]
    public void After_a_crossing_the_owner_of_the_call_id_waits_longer_than_the_other_can(bool owner, int fromMs, int toMs)
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        var askedMs = _network.NowMs;
        var triedAgainMs = 0L;
        (owner ? _ann : _bob).Happened = (_, e) =>
        {
            if (e.Kind == SessionEventKind.RetryOffer)
                triedAgainMs = _network.NowMs;
        };
        Assert.True(call.Offer(Phone.Sdp("v=0 a")));
        Assert.True(_bob.Sessions[0].Offer(Phone.Sdp("v=0 b")));
        _network.Run(10_000);
        Assert.InRange(triedAgainMs - askedMs - 2 * _network.DelayMs, fromMs, toMs);
    }

    [Fact]
    public void Reliable_provisionals_are_acknowledged_and_a_lost_prack_is_sent_again()
    {
        var lost = 0;
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Prack && lost++ < 2;
        _bob.Invited = invite =>
        {
            var session = _bob.Stack.OpenSession(invite, new SessionOptions { ReliableProvisionals = true })!;
            _bob.Sessions.Add(session);
            session.Ring(183, Phone.Sdp("v=0 answer"));
            session.Answer(default);
        };
        _ann.Call(_bob);
        _network.Run(10_000);
        Assert.Contains("bob: 200 PRACK", _network.Log);
        Assert.True(_network.Log.IndexOf("bob: 200 PRACK") < _network.Log.IndexOf("bob: 200 INVITE"));
        Assert.Equal(["Progress", "Answered"], _ann.Events);
        Assert.Equal(SessionState.Established, _bob.Sessions[0].State);
        _ann.Sessions[0].Hangup();
        _network.Run(100_000);
        AssertNothingLeft();
    }

    [Fact]
    public void A_reliable_provisional_that_is_never_acknowledged_ends_the_invite()
    {
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Prack;
        _bob.Invited = invite =>
        {
            var session = _bob.Stack.OpenSession(invite, new SessionOptions { ReliableProvisionals = true })!;
            session.Ring(183, Phone.Sdp("v=0 answer"));
        };
        _ann.Call(_bob);
        _network.Run(200_000);
        Assert.Equal(["Ended NoPrack"], _bob.Events);
        Assert.Equal("Ended RemoteReject", _ann.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void A_session_timer_is_refreshed_until_the_other_side_is_gone()
    {
        var options = new SessionOptions { SessionExpiresSeconds = 90 };
        _ann.Call(_bob, options: options);
        _network.Run(600_000);
        Assert.Equal(SessionState.Established, _ann.Sessions[0].State);
        Assert.InRange(_network.Log.Count(l => l.EndsWith(": UPDATE", StringComparison.Ordinal)), 12, 14);
        _network.Drops = (_, _) => true;
        _network.Run(300_000);
        Assert.Contains(_ann.Events[^1], new[] { "Ended SessionExpired", "Ended DialogLost" });
        Assert.Equal("Ended SessionExpired", _bob.Events[^1]);
        AssertNothingLeft();
    }

    [Fact]
    public void A_peer_that_takes_no_update_is_refreshed_by_a_re_invite_with_the_same_description()
    {
        _network.Rewrites = (_, text) => text.Replace("UPDATE, ", "", StringComparison.Ordinal);
        _ann.Call(_bob, options: new SessionOptions { SessionExpiresSeconds = 90 });
        _network.Run(600_000);
        Assert.Equal(SessionState.Established, _ann.Sessions[0].State);
        Assert.InRange(_network.Log.Count(l => l == "ann: INVITE"), 12, 15);
        Assert.DoesNotContain(_network.Log, l => l.EndsWith(": UPDATE", StringComparison.Ordinal));
        _bob.Sessions[0].Hangup();
        _network.Run(100_000);
        AssertNothingLeft();
    }

    [Fact]
    public void A_session_interval_that_is_too_short_is_refused()
    {
        var short_ = new SessionOptions { SessionExpiresSeconds = 30 };
        _ann.Call(_bob, options: short_);
        _network.Run(100_000);
        Assert.Contains("bob: 422 INVITE", _network.Log);
        AssertNothingLeft();
    }

    [Fact]
    public void Requests_in_the_dialog_reach_the_user_both_ways()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        Assert.NotNull(call.SendRequest(SipMethod.Info));
        Assert.NotNull(_bob.Sessions[0].SendRequest(SipMethod.Refer));
        _network.Run(1000);
        Assert.Equal(["Request", "Response"], _ann.Events[2..].Order());
        Assert.Equal(["Request", "Response"], _bob.Events[1..].Order());
    }

    [Fact]
    public void A_dialog_that_the_other_side_does_not_know_any_more_ends_the_call()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        _bob.Happened = (_, e) =>
        {
            if (e.Kind == SessionEventKind.Request)
                _bob.Stack.Respond(e.Transaction!, 481);
        };
        call.SendRequest(SipMethod.Info);
        _network.Run(100_000);
        Assert.Equal("Ended DialogLost", _ann.Events[^1]);
        AssertNothingLeft();
    }

    private void Ring() => _bob.Invited = invite =>
    {
        var session = _bob.Stack.OpenSession(invite)!;
        _bob.Sessions.Add(session);
        session.Ring();
    };

    private void AssertNothingLeft()
    {
        _ann.AssertNothingLeft();
        _bob.AssertNothingLeft();
    }
}
