using System.Diagnostics;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>What the timer of a session brings about (RFC 4028). Most of it is waiting, which the calls of all tests do at the same time.</summary>
[Trait("Shows", "6")]
public sealed class SessionTimerTests(SessionTimerTests.Calls calls) : IClassFixture<SessionTimerTests.Calls>
{
    /// <summary>With media watched the server would notice a phone that vanished sooner.</summary>
    [Fact]
    public async Task A_phone_that_vanishes_is_ended_by_its_session_timer() =>
        Assert.Equal("SessionExpired", await calls.Vanished, ignoreCase: true);

    /// <summary>Both sides change the call at the same moment (RFC 3261 §14.1): each refuses the other with 491, waits, and the server tries again.</summary>
    [Fact]
    public async Task Re_invites_that_cross_are_refused_on_both_sides_and_the_server_tries_again_in_its_time()
    {
        // How long at most is asserted where time is virtual; here a busy machine's own waits come on top.
        var waited = await calls.Crossed;
        Assert.True(waited >= 2.0, $"the owner of the Call-ID waited {waited} s");
    }

    public sealed class Calls : IAsyncLifetime
    {
        private RunningSilo _silo = null!;

        /// <summary>How the call of a phone that vanished ended.</summary>
        public Task<string?> Vanished { get; private set; } = Task.FromResult<string?>(null);

        /// <summary>For how many seconds the server waited where it owns the Call-ID.</summary>
        public Task<double> Crossed { get; private set; } = Task.FromResult(0.0);

        public async ValueTask InitializeAsync()
        {
            _silo = await RunningSilo.StartAsync("--rtp-timeout", "0");
            (Vanished, Crossed) = (VanishAsync(), CrossAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(Vanished, Crossed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_silo is not null)
            {
                await _silo.DisposeAsync();
            }
        }

        private async Task<string?> VanishAsync()
        {
            using var callee = await SipPeer.RegisteredAsync(_silo, "106");
            using RtpPeer callerAudio = new(), calleeAudio = new();
            PeerCall taken;
            using (var wire = SipWire.Udp(_silo.Address, _silo.SipPort))
            {
                // It refreshes by itself, it says, and is never heard of again.
                var caller = await SipPeer.RegisteredAsync(new SipPeer(_silo, "105", wire: wire));
                var ringing = PeerCall.IncomingAsync(callee);
                var call = await caller.InviteAsync("106", callerAudio.Sdp(), ("Supported", "timer"), ("Session-Expires", "90;refresher=uac"));
                taken = await ringing;
                await taken.AnswerAsync(calleeAudio.Sdp());
                await call.ExpectAsync(200);
            }

            // A third of the interval before its end (RFC 4028 §10), so after 60 s.
            await taken.HungUpAsync(TimeSpan.FromSeconds(120));
            return (string?)(await History.NewestAsync(_silo, "106"))["end"];
        }

        /// <summary>
        /// The server's own re-INVITE is the refresh of a session timer, due at half of the smallest interval. On the caller's leg the phone owns the Call-ID and the server
        /// waits up to 2 s; on the callee's the server owns it and waits 2.1 to 4 s.
        /// </summary>
        private async Task<double> CrossAsync()
        {
            using var caller = await SipPeer.RegisteredAsync(_silo, "101");
            using var callee = await SipPeer.RegisteredAsync(_silo, "102");
            using RtpPeer callerAudio = new(), calleeAudio = new();
            var ringing = PeerCall.IncomingAsync(callee);
            var call = await caller.InviteAsync("102", callerAudio.Sdp(), ("Supported", "timer"), ("Session-Expires", "90;refresher=uas"));
            var taken = await ringing;
            await callee.ReplyAsync(
                taken.Request!, 200, "OK", taken.LocalTag, calleeAudio.Sdp(), ("Supported", "timer"), ("Require", "timer"), ("Session-Expires", "90;refresher=uac"));
            await callee.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "ACK", "ACK");
            Assert.Matches("^90;refresher=uas", (await call.ExpectAsync(200))["Session-Expires"]);

            var waits = await Task.WhenAll(CrossAsync(caller, call, callerAudio), CrossAsync(callee, taken, calleeAudio));
            Assert.Equal(200, (await call.HangUpAsync()).Status);
            await taken.HungUpAsync();
            return waits[1];
        }

        /// <summary>Meets the server's re-INVITE with one of the phone's own, and returns the seconds until the server's next.</summary>
        private static async Task<double> CrossAsync(SipPeer phone, PeerCall call, RtpPeer audio)
        {
            var invite = await phone.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "INVITE" && m.CallId == call.CallId && m.Tag("To").Length > 0, "refresh", TimeSpan.FromSeconds(90));
            Assert.Equal(491, (await call.RequestAsync("INVITE", audio.Sdp(version: 2))).Status);
            // Before the server can have it: on a busy machine the wait is then measured too long, never too short.
            var clock = Stopwatch.StartNew();
            await phone.ReplyAsync(invite, 491, "Request Pending");
            var again = await phone.Wire.ReceiveAsync(
                m => m.IsRequest && m.Method == "INVITE" && m.CallId == call.CallId && m.CSeq > invite.CSeq, "next refresh", TimeSpan.FromSeconds(40));
            var waited = clock.Elapsed.TotalSeconds;
            await phone.ReplyAsync(again, 200, "OK", "", audio.Sdp(), ("Session-Expires", "90;refresher=uac"));
            await phone.Wire.ReceiveAsync(m => m.IsRequest && m.Method == "ACK" && m.CallId == call.CallId && m.CSeq == again.CSeq, "ACK of the refresh");
            return waited;
        }
    }
}
