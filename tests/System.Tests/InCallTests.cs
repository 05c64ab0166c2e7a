using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>What happens inside a call: keys, late offers, timers, lost phones, strangers' audio.</summary>
[Trait("Shows", "1")]
public sealed class InCallTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "CTL-05")]
    [Fact]
    public async Task Keys_reach_the_other_phone_as_telephone_events()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101"));
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        await Conversation.BeginAsync(caller, callee);
        foreach (var key in "59#")
        {
            await caller.SendDigitAsync(key);
            Assert.Equal(key.ToString(), (await callee.NextAsync("CALL_DTMF_START")).Parameter);
            await callee.NextAsync("CALL_DTMF_END");
        }
    }

    [Trait("Feature", "CTL-05")]
    [Fact]
    public async Task Keys_by_info_reach_the_other_phone_as_telephone_events()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync("102", audio.Sdp());
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await call.ExpectAsync(200);
        audio.Say(440, call.RemoteMedia);
        await callee.HearsAsync(440);
        var info = await call.RequestAsync("INFO", "Signal=7\r\nDuration=160\r\n", "application/dtmf-relay");
        Assert.Equal(200, info.Status);
        Assert.Equal("7", (await callee.NextAsync("CALL_DTMF_START")).Parameter);
        await call.HangUpAsync();
    }

    [Fact]
    public async Task An_invite_without_an_offer_is_offered_one_and_answers_in_its_ack()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        using var audio = new RtpPeer();
        var call = new PeerCall(caller, "sip:102@demo.example", "", []) { LateAnswer = audio.Sdp() };
        await call.InviteAsync();
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await call.ExpectAsync(200);
        Assert.Contains("m=audio", call.Answer, StringComparison.Ordinal);
        audio.Say(440, call.RemoteMedia);
        await callee.HearsAsync(440);
        await audio.HearsAsync(800);
        await call.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
    }

    [Theory]
    [InlineData("sendonly", null)]
    [InlineData("inactive", null)]
    [InlineData("sendrecv", "0.0.0.0")]
    public async Task Hold_works_in_every_style_and_resume_brings_the_tone_back(string direction, string? address)
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        await using var callee = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync("102", audio.Sdp());
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await call.ExpectAsync(200);
        audio.Say(440, call.RemoteMedia);
        await callee.HearsAsync(440);
        var offer = audio.Sdp(direction, 2);
        if (address is not null)
        {
            offer = offer.Replace($"c=IN IP4 {audio.Address}", $"c=IN IP4 {address}", StringComparison.Ordinal);
        }

        Assert.Equal(200, (await call.RequestAsync("INVITE", offer)).Status);
        await Conversation.HearsMusicAsync(callee, 440);
        Assert.Equal(200, (await call.RequestAsync("INVITE", audio.Sdp("sendrecv", 3))).Status);
        await callee.HearsAsync(440);
        await audio.HearsAsync(800);
        await call.HangUpAsync();
    }

    [Fact]
    public async Task A_phone_that_dies_ends_its_call_by_the_media_timeout()
    {
        await using var silo = await RunningSilo.StartAsync("--rtp-timeout", "4");
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("103"));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("104", 800));
        await Conversation.BeginAsync(caller, callee);
        callee.Kill();
        await caller.NextAsync("CALL_CLOSED");
        Assert.Equal("MediaTimeout", (string?)(await History.NewestAsync(silo, "103"))["end"], ignoreCase: true);
    }

    [Fact]
    public async Task A_session_timer_is_agreed_as_the_caller_asks()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "105");
        using var callee = await SipPeer.RegisteredAsync(Silo, "106");
        using RtpPeer callerAudio = new(), calleeAudio = new();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync("106", callerAudio.Sdp(), ("Supported", "timer"), ("Session-Expires", "90;refresher=uac"), ("Min-SE", "90"));
        var incoming = await ringing;
        await incoming.AnswerAsync(calleeAudio.Sdp());
        var answer = await call.ExpectAsync(200);
        Assert.Matches("^90", answer["Session-Expires"]);
        Assert.Contains("timer", answer["Require"], StringComparison.Ordinal);
        await call.HangUpAsync();
        await incoming.HungUpAsync();
    }

    [Fact]
    public async Task A_session_interval_that_is_too_small_is_refused_with_the_smallest()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "105");
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync("106", audio.Sdp(), ("Supported", "timer"), ("Session-Expires", "30"));
        var refused = await call.ExpectAsync(422);
        Assert.True(int.Parse(refused["Min-SE"]) >= 90);
    }

    [Fact]
    public async Task Junk_and_foreign_audio_on_a_media_port_neither_redirect_nor_stop_the_call()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using RtpPeer callerAudio = new(), calleeAudio = new(), stranger = new(local: "127.0.0.9");
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync("102", callerAudio.Sdp());
        var incoming = await ringing;
        await incoming.AnswerAsync(calleeAudio.Sdp());
        await call.ExpectAsync(200);
        callerAudio.Say(440, call.RemoteMedia);
        calleeAudio.Say(800, incoming.RemoteMedia);
        await callerAudio.HearsAsync(800);
        await calleeAudio.HearsAsync(440);

        stranger.Say(2000, call.RemoteMedia);
        using var junk = new global::System.Net.Sockets.UdpClient();
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[Random.Shared.Next(0, 1400)];
            Random.Shared.NextBytes(bytes);
            await junk.SendAsync(bytes, call.RemoteMedia.Address, call.RemoteMedia.Port);
        }

        await calleeAudio.HearsAsync(440);
        await callerAudio.HearsAsync(800);
        var heard = await calleeAudio.ListenAsync(1000);
        Assert.True(heard.Share(2000) < 0.05, heard.ToString());
        Assert.Equal(0, stranger.PacketsReceived);
        await call.HangUpAsync();
        await incoming.HungUpAsync();
    }
}
