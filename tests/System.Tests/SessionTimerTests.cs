using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>A phone that vanishes from a call which nobody listens to (RFC 4028): with media watched it would be noticed sooner.</summary>
[Trait("Shows", "6")]
public sealed class SessionTimerTests
{
    [Fact]
    public async Task A_phone_that_vanishes_is_ended_by_its_session_timer()
    {
        await using var silo = await RunningSilo.StartAsync("--rtp-timeout", "0");
        using var callee = await SipPeer.RegisteredAsync(silo, "106");
        using RtpPeer callerAudio = new(), calleeAudio = new();
        PeerCall taken;
        using (var wire = SipWire.Udp(silo.Address, silo.SipPort))
        {
            // It refreshes by itself, it says, and is never heard of again.
            var caller = await SipPeer.RegisteredAsync(new SipPeer(silo, "105", wire: wire));
            var ringing = PeerCall.IncomingAsync(callee);
            var call = await caller.InviteAsync("106", callerAudio.Sdp(), ("Supported", "timer"), ("Session-Expires", "90;refresher=uac"));
            taken = await ringing;
            await taken.AnswerAsync(calleeAudio.Sdp());
            await call.ExpectAsync(200);
        }

        // A third of the interval before its end (RFC 4028 §10), so after 60 s.
        await taken.HungUpAsync(TimeSpan.FromSeconds(90));
        Assert.Equal("SessionExpired", (string?)(await History.NewestAsync(silo, "106"))["end"], ignoreCase: true);
    }
}
