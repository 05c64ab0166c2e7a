using System.Text;
using Webphone.Grains.Calls;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

public sealed class CallTests
{
    [Fact]
    public async Task A_node_that_drains_sends_what_is_new_elsewhere_and_lets_calls_go_on()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (_, callee) = await EdgeWorld.Connected(ann, bob);
        world.Edge.Drain();
        var (status, refusal) = await ann.Send(SipMethod.Register, "sip:acme.example", $"Contact: <{ann.Contact}>\r\n");
        Assert.Equal(503, status);
        Assert.Contains("Retry-After: 10", refusal!.ToString(), StringComparison.Ordinal);
        Assert.Equal(503, (await (await ann.Call("102", authenticate: false)).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(503, (await ann.Send(SipMethod.Options, "sip:102@acme.example")).Status);
        Assert.Equal(2, world.Edge.Legs);
        callee.Hangup();
        Assert.Equal(CallEnd.Completed, (await world.Over()).State.End);
    }

    [Theory]
    [InlineData(SipTransport.Udp)]
    [InlineData(SipTransport.Tcp)]
    public async Task Two_phones_call_each_other_and_the_caller_hangs_up(SipTransport transport)
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101", transport), await world.Registered("102", transport));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        Assert.Equal(180, (await calling.Next(SessionEventKind.Progress)).Status);
        ringing.Answer();
        var answered = await calling.Next(SessionEventKind.Answered);
        Assert.Contains("m=audio", Encoding.UTF8.GetString(answered.Message!.Body.Span), StringComparison.Ordinal);
        await ringing.Next(SessionEventKind.Acknowledged);
        Assert.Equal(2, world.Endpoints);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        var record = await world.Over();
        Assert.Equal(CallEnd.Completed, record.History[0].End);
        Assert.Equal(2, record.History.Length);
    }

    [Fact]
    public async Task The_callee_hangs_up()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        ringing.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(CallEnd.Completed, (await world.Over()).History[0].End);
    }

    [Fact]
    public async Task The_callee_sees_who_calls_by_the_directory_and_not_by_what_the_phone_says()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        await ann.Call("102", headers: "P-Asserted-Identity: \"The Boss\" <sip:1@acme.example>\r\nX-Internal: secret\r\nRemote-Party-ID: <sip:1@acme.example>\r\n");
        var invite = (await bob.NextCall()).Invite!;
        Assert.Equal("\"User 101\" <sip:101@acme.example>", invite.HeaderText(HeaderName.PAssertedIdentity));
        Assert.Equal("User 101", invite.From.DisplayName);
        Assert.DoesNotContain("Boss", invite.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Internal", invite.ToString(), StringComparison.Ordinal);
        Assert.False(invite.Has(HeaderName.RemotePartyId));
    }

    [Fact]
    public async Task Every_device_rings_and_those_that_did_not_answer_learn_why()
    {
        await using var world = await EdgeWorld.Start();
        var ann = await world.Registered("101");
        var (desk, mobile) = (await world.Registered("102"), await world.Registered("102"));
        var calling = await ann.Call("102");
        var (atDesk, atMobile) = (await desk.NextCall(), await mobile.NextCall());
        atDesk.Ring();
        atMobile.Ring();
        atMobile.Answer();
        await calling.Next(SessionEventKind.Answered);
        var ended = await atDesk.Next(SessionEventKind.Ended);
        Assert.Equal(SessionEnd.RemoteCancel, ended.End);
        Assert.Equal("SIP;cause=200;text=\"Call completed elsewhere\"", ended.Message!.HeaderText(HeaderName.Reason));
        calling.Hangup();
        await atMobile.Next(SessionEventKind.Ended);
        await world.Over();
    }

    [Fact]
    public async Task A_caller_who_gives_up_stops_the_ringing()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteCancel, (await ringing.Next(SessionEventKind.Ended)).End);
        Assert.Equal(487, (await calling.Next(SessionEventKind.Ended)).Status);
        Assert.Equal(CallEnd.Cancelled, (await world.Over()).History[0].End);
    }

    [Theory]
    [InlineData(486, 486, CallEnd.Busy)]
    [InlineData(600, 486, CallEnd.Busy)]
    [InlineData(603, 603, CallEnd.Declined)]
    [InlineData(480, 480, CallEnd.Unreachable)]
    [InlineData(302, 480, CallEnd.Unreachable)]
    [InlineData(401, 480, CallEnd.Unreachable)]
    [InlineData(407, 480, CallEnd.Unreachable)]
    public async Task What_the_phone_answers_becomes_what_the_caller_hears(int answer, int heard, CallEnd end)
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        (await bob.NextCall()).Reject(answer);
        Assert.Equal(heard, (await calling.Next(SessionEventKind.Ended)).Status);
        Assert.Equal(end, (await world.Over()).History[0].End);
        Assert.False(bob.HasCall);
    }

    [Theory]
    [InlineData("109", 480)]
    [InlineData("999", 404)]
    [InlineData("*99", 404)]
    public async Task Who_cannot_be_reached_is_said_so(string number, int status)
    {
        await using var world = await EdgeWorld.Start();
        var ann = await world.Registered("101");
        Assert.Equal(status, (await (await ann.Call(number)).Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task No_common_codec_is_488()
    {
        await using var world = await EdgeWorld.Start();
        var ann = await world.Registered("101");
        Assert.Equal(488, (await (await ann.Call("102", TestSdp.Offer("18"))).Next(SessionEventKind.Ended)).Status);
        await Eventually.True(() => world.Endpoints == 0);
    }

    [Fact]
    public async Task An_offer_may_come_with_the_ack()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102", "");
        (await bob.NextCall()).Answer();
        var answered = await calling.Next(SessionEventKind.Answered);
        Assert.True(answered.IsOffer);
        calling.Do((_, session) => session.SendAck(Webphone.Sip.Stack.SipPayload.Sdp(Encoding.UTF8.GetBytes(TestSdp.Offer()))));
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task Secure_media_on_one_side_and_plain_on_the_other()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var key = Convert.ToBase64String(new byte[30]);
        var calling = await ann.Call("102", TestSdp.Offer(protocol: "RTP/SAVP", more: $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"));
        var ringing = await bob.NextCall();
        Assert.Contains("RTP/AVP", ringing.Invite!.ToString(), StringComparison.Ordinal);
        ringing.Answer();
        var answer = Encoding.UTF8.GetString((await calling.Next(SessionEventKind.Answered)).Message!.Body.Span);
        Assert.Contains("RTP/SAVP", answer, StringComparison.Ordinal);
        Assert.Contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(key, answer, StringComparison.Ordinal);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_phone_that_insists_on_secure_media_is_asked_again_with_keys()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        (await bob.NextCall()).Reject(488);
        var ringing = await bob.NextCall();
        var offer = Encoding.UTF8.GetString(ringing.Invite!.Body.Span);
        Assert.Contains("RTP/SAVP", offer, StringComparison.Ordinal);
        Assert.Contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", offer, StringComparison.Ordinal);
        ringing.Answer(TestSdp.Offer(protocol: "RTP/SAVP", more: $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Convert.ToBase64String(new byte[30])}\r\n"));
        var answer = Encoding.UTF8.GetString((await calling.Next(SessionEventKind.Answered)).Message!.Body.Span);
        Assert.Contains("RTP/AVP", answer, StringComparison.Ordinal);
        await ringing.Next(SessionEventKind.Acknowledged);
        Assert.Equal(2, world.Endpoints);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_phone_that_refuses_secure_media_too_has_nothing_in_common_with_us()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        (await bob.NextCall()).Reject(488);
        (await bob.NextCall()).Reject(488);
        Assert.Equal(488, (await calling.Next(SessionEventKind.Ended)).Status);
        Assert.Equal(CallEnd.NoCommonMedia, (await world.Over()).History[0].End);
        Assert.False(bob.HasCall);
    }

    [Fact]
    public async Task A_key_with_an_identifier_is_refused()
    {
        await using var world = await EdgeWorld.Start();
        var ann = await world.Registered("101");
        var key = Convert.ToBase64String(new byte[30]);
        var calling = await ann.Call("102", TestSdp.Offer(protocol: "RTP/SAVP", more: $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4\r\n"));
        Assert.Equal(488, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Theory]
    [InlineData("sendonly", "127.0.0.1", "recvonly")]
    [InlineData("inactive", "127.0.0.1", "inactive")]
    [InlineData("sendrecv", "0.0.0.0", "recvonly")]
    public async Task Hold_in_every_style_and_resume(string direction, string address, string answered)
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        calling.Offer(TestSdp.Offer(direction: direction, address: address, version: 2));
        var answer = await calling.Next(SessionEventKind.Answer);
        Assert.Contains($"a={answered}", Encoding.UTF8.GetString(answer.Message!.Body.Span), StringComparison.Ordinal);
        await Eventually.True(() => world.Journal.All.Single().State.CallerLeg.Holding);
        calling.Offer(TestSdp.Offer(version: 3));
        Assert.Contains("a=sendrecv", Encoding.UTF8.GetString((await calling.Next(SessionEventKind.Answer)).Message!.Body.Span), StringComparison.Ordinal);
        await Eventually.True(() => !world.Journal.All.Single().State.CallerLeg.Holding);
        ringing.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_key_by_info_is_taken()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        calling.Info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
        Assert.Equal(200, (await calling.Next(SessionEventKind.Response)).Status);
        calling.Info("application/dtmf", "#");
        Assert.Equal(200, (await calling.Next(SessionEventKind.Response)).Status);
        calling.Info("application/dtmf", "no key");
        Assert.Equal(400, (await calling.Next(SessionEventKind.Response)).Status);
        calling.Info("application/x-unknown", "5");
        Assert.Equal(415, (await calling.Next(SessionEventKind.Response)).Status);
        ringing.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task The_echo_test_answers()
    {
        await using var world = await EdgeWorld.Start();
        var ann = await world.Registered("101");
        var calling = await ann.Call("*43");
        await calling.Next(SessionEventKind.Answered);
        calling.Hangup();
        Assert.Single((await world.Over()).History);
    }

    [Fact]
    public async Task A_phone_whose_connection_is_gone_is_unreachable_at_once()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102", SipTransport.Tcp));
        await bob.DisposeAsync();
        var calling = await ann.Call("102");
        Assert.Equal(480, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task Stopping_the_server_ends_calls_and_says_why()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        await world.Edge.Stop();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        Assert.Equal(503, (await (await ann.Call("102", authenticate: false)).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(CallEnd.ServerStopped, (await world.Over()).History[0].End);
    }
}
