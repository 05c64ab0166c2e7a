using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

public sealed class MidCallTests
{
    [Fact]
    public async Task Both_may_hold_at_the_same_time()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        calling.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        ringing.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await calling.Next(SessionEventKind.Answer);
        await ringing.Next(SessionEventKind.Answer);
        await Eventually.True(() => world.Journal.All.Single().State is { CallerLeg.Holding: true } state && state.Forks[0].Holding);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_codec_that_we_do_not_have_is_refused_and_the_call_goes_on()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        calling.Offer(TestSdp.Offer("18", version: 2));
        Assert.Equal(488, (await calling.Next(SessionEventKind.OfferRefused)).Status);
        calling.Offer(TestSdp.Offer("9", version: 3));
        Assert.Contains("G722", Encoding.UTF8.GetString((await calling.Next(SessionEventKind.Answer)).Message!.Body.Span), StringComparison.Ordinal);
        ringing.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task The_caller_is_answered_with_the_codec_that_the_callee_chose()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102", TestSdp.Offer("8 0"));
        var ringing = await bob.NextCall();
        ringing.Answer(TestSdp.Offer("0"));
        var answer = Encoding.UTF8.GetString((await calling.Next(SessionEventKind.Answered)).Message!.Body.Span);
        Assert.Contains("RTP/AVP 0 101", answer, StringComparison.Ordinal);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task The_callee_is_offered_the_callers_codecs_first()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        await ann.Call("102", TestSdp.Offer("0 9"));
        var offer = Encoding.UTF8.GetString((await bob.NextCall()).Invite!.Body.Span);
        Assert.Contains(" RTP/AVP 0 9 ", offer, StringComparison.Ordinal);
        Assert.Contains("PCMA", offer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_timer_is_kept_by_whoever_asks_for_it()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        Assert.True(ringing.Invite!.Has(HeaderName.SessionExpires));
        ringing.Answer();
        Assert.True((await calling.Next(SessionEventKind.Answered)).Message!.Has(HeaderName.SessionExpires));
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_caller_that_needs_reliable_ringing_gets_it()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102", headers: "Require: 100rel\r\n");
        var ringing = await bob.NextCall();
        ringing.Ring();
        var progress = await calling.Next(SessionEventKind.Progress);
        Assert.True(progress.Message!.Has(HeaderName.RSeq));
        ringing.Answer();
        await calling.Next(SessionEventKind.Answered);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task The_connected_name_is_the_callees()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var calling = await ann.Call("102");
        (await bob.NextCall()).Answer();
        var answered = await calling.Next(SessionEventKind.Answered);
        Assert.Equal("\"User 102\" <sip:102@acme.example>", answered.Message!.HeaderText(HeaderName.PAssertedIdentity));
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_second_call_waits_while_the_first_is_on()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        var second = await cid.Call("102");
        var waiting = await bob.NextCall();
        waiting.Ring();
        await second.Next(SessionEventKind.Progress);
        waiting.Reject(486);
        Assert.Equal(486, (await second.Next(SessionEventKind.Ended)).Status);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
    }

    [Fact]
    public async Task A_connection_that_breaks_takes_its_binding_with_it()
    {
        await using var world = await EdgeWorld.Start();
        var bob = await world.Registered("102", SipTransport.Tcp);
        var user = world.Grains.GetGrain<IUserGrain>("acme/102");
        Assert.StartsWith("tcp|", Assert.Single((await user.GetView()).Devices).Flow, StringComparison.Ordinal);
        await bob.DisposeAsync();
        for (var i = 0; i < 1_000 && !(await user.GetView()).Devices.IsEmpty; i++)
            await Task.Delay(10);
        Assert.Empty((await user.GetView()).Devices);
    }

    [Fact]
    public async Task Do_not_disturb_by_feature_code_keeps_calls_away()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var code = await bob.Call("*76");
        await code.Next(SessionEventKind.Answered);
        await code.Next(SessionEventKind.Ended);
        var calling = await ann.Call("102");
        Assert.Equal(486, (await calling.Next(SessionEventKind.Ended)).Status);
        Assert.Contains(world.Journal.All, call => call.State.End == CallEnd.DoNotDisturb);
    }
}
