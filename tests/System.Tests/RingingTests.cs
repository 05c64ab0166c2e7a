using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>From the INVITE to the answer: every way in which ringing ends.</summary>
[Trait("Shows", "1")]
public sealed class RingingTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task A_busy_phone_gives_the_caller_486()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync("102", audio.Sdp());
        await (await ringing).RejectAsync(486, "Busy Here");
        await call.ExpectAsync(486);
        Assert.Equal("Busy", (string?)(await History.NewestAsync(Silo, "101"))["end"], ignoreCase: true);
    }

    [Fact]
    public async Task A_real_phone_that_refuses_ends_the_callers_ringing()
    {
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102"));
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101"));
        await caller.DialAsync("102");
        await callee.NextAsync("CALL_INCOMING");
        await caller.NextAsync("CALL_RINGING");
        await callee.HangUpAsync();
        var closed = await caller.NextAsync("CALL_CLOSED");
        Assert.Matches("^(486|603|480)", closed.Parameter);
    }

    [Fact]
    public async Task A_refusal_for_good_on_one_device_stops_all()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var desk = await SipPeer.RegisteredAsync(Silo, "102");
        using var mobile = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var (first, second) = (PeerCall.IncomingAsync(desk), PeerCall.IncomingAsync(mobile));
        var call = await caller.InviteAsync("102", audio.Sdp());
        await second;
        await (await first).RejectAsync(603, "Decline");
        await call.ExpectAsync(603);
        await CancelledAsync(mobile, await second);
    }

    [Fact]
    public async Task A_busy_device_leaves_the_other_ringing()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var desk = await SipPeer.RegisteredAsync(Silo, "102");
        using var mobile = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var (first, second) = (PeerCall.IncomingAsync(desk), PeerCall.IncomingAsync(mobile));
        var call = await caller.InviteAsync("102", audio.Sdp());
        await (await first).RejectAsync(486, "Busy Here");
        using var other = new RtpPeer();
        await (await second).AnswerAsync(other.Sdp());
        await call.ExpectAsync(200);
        await call.HangUpAsync();
        await (await second).HungUpAsync();
    }

    [Trait("Feature", "N10")]
    [Fact]
    public async Task The_first_answer_wins_and_the_other_device_learns_that_it_was_answered_elsewhere()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var desk = await SipPeer.RegisteredAsync(Silo, "102");
        using var mobile = await SipPeer.RegisteredAsync(Silo, "102");
        using RtpPeer callerAudio = new(), deskAudio = new();
        var (first, second) = (PeerCall.IncomingAsync(desk), PeerCall.IncomingAsync(mobile));
        var call = await caller.InviteAsync("102", callerAudio.Sdp());
        var loser = await second;
        await (await first).AnswerAsync(deskAudio.Sdp());
        await call.ExpectAsync(200);
        var cancel = await CancelledAsync(mobile, loser);
        Assert.Matches("SIP\\s*;\\s*cause=200", cancel["Reason"]);

        callerAudio.Say(440, call.RemoteMedia);
        deskAudio.Say(800, (await first).RemoteMedia);
        await callerAudio.HearsAsync(800);
        await deskAudio.HearsAsync(440);
        await call.HangUpAsync();
        await (await first).HungUpAsync();
        var entries = await History.OfAsync(Silo, "102");
        Assert.Single(entries, e => (string?)e["callKey"] == (string?)entries[0]["callKey"]);
    }

    [Fact]
    public async Task The_caller_gives_up_and_every_device_stops_ringing()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var desk = await SipPeer.RegisteredAsync(Silo, "102");
        await using var real = await BaresipPhone.RegisteredAsync(Silo.Phone("102"));
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(desk);
        var call = await caller.InviteAsync("102", audio.Sdp());
        await real.NextAsync("CALL_INCOMING");
        var incoming = await ringing;
        if (call.Response.Status < 180)
        {
            await call.NextResponseAsync();
        }

        await call.CancelAsync();
        await call.ExpectAsync(487);
        await CancelledAsync(desk, incoming);
        await real.NextAsync("CALL_CLOSED");
        Assert.Equal("Cancelled", (string?)(await History.NewestAsync(Silo, "102"))["end"], ignoreCase: true);
    }

    [Fact]
    public async Task Nobody_answers_and_when_the_ring_time_is_over_the_call_ends()
    {
        await using var silo = await RunningSilo.ProvisionedAsync("""
            { "tenants": [ { "name": "demo", "domain": "demo.example", "ringTime": 3, "userRanges": [ { "first": 101, "count": 5, "secretPrefix": "demo-" } ] } ] }
            """);
        using var caller = await SipPeer.RegisteredAsync(silo, "103");
        using var callee = await SipPeer.RegisteredAsync(silo, "104");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        var started = Environment.TickCount64;
        var call = await caller.InviteAsync("104", audio.Sdp());
        var incoming = await ringing;
        await call.ExpectAsync(480);
        // Unless it is set, it is 30 s.
        Assert.InRange(Environment.TickCount64 - started, 2_500, 20_000);
        await CancelledAsync(callee, incoming);
        Assert.Equal("NoAnswer", (string?)(await History.NewestAsync(silo, "104"))["end"], ignoreCase: true);
    }

    [Fact]
    [Trait("Feature", "CTL-13")]
    public async Task A_second_call_rings_while_on_one()
    {
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        await using var first = await BaresipPhone.RegisteredAsync(Silo.Phone("101"));
        using var second = await SipPeer.RegisteredAsync(Silo, "103");
        using var audio = new RtpPeer();
        await Conversation.BeginAsync(first, callee);
        var call = await second.InviteAsync("102", audio.Sdp());
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await call.ExpectAsync(200);
        audio.Say(1200, call.RemoteMedia);
        await audio.HearsAsync(800);
        await call.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "INC-10")]
    [Trait("Feature", "AVL-02")]
    [Trait("Feature", "N11")]
    [Fact]
    public async Task Do_not_disturb_by_star_76_keeps_calls_away_until_it_is_dialled_again()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "105");
        using var audio = new RtpPeer();
        await ToggleAsync();
        var refused = await caller.InviteAsync("105", audio.Sdp());
        await refused.ExpectAsync(486);
        Assert.Null(await callee.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE", TimeSpan.FromMilliseconds(300)));

        await ToggleAsync();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync("105", audio.Sdp());
        await (await ringing).RejectAsync(486, "Busy Here");
        await call.ExpectAsync(486);

        async Task ToggleAsync()
        {
            // It is short, and may be over before the answer was read.
            var before = audio.Heard;
            var toggle = await callee.InviteAsync("*76", audio.Sdp());
            await toggle.ExpectAsync(200);
            audio.Say(300, toggle.RemoteMedia);
            Assert.False((await audio.ListenAsync(200, 20_000, before)).IsSilent, "a confirmation should be heard");
            await toggle.HangUpOrHungUpAsync();
        }
    }

    private static async Task<SipText> CancelledAsync(SipPeer peer, PeerCall call)
    {
        var cancel = await peer.NextRequestAsync("CANCEL");
        Assert.Equal(call.CallId, cancel.CallId);
        await peer.ReplyAsync(cancel, 200, "OK", call.LocalTag);
        await call.RejectAsync(487, "Request Terminated");
        return cancel;
    }
}
