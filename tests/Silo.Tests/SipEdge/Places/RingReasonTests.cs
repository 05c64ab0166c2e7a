using System.Text;
using Webphone.Grains.Users;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Places;

/// <summary>A phone is told why it rings, and by that how: at once answered, or as a reminder.</summary>
public sealed class RingReasonTests
{
    [Trait("Feature", "INC-08")]
    [Fact]
    public async Task An_intercom_call_asks_the_phone_to_answer_and_is_refused_while_its_user_talks()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("*9102");
        var asked = await bob.NextCall();
        Assert.Contains("answer-after=0", Encoding.ASCII.GetString(asked.Invite!.Headers(HeaderName.CallInfo).First), StringComparison.Ordinal);
        Assert.Contains("alert-autoanswer", Encoding.ASCII.GetString(asked.Invite.Headers(HeaderName.AlertInfo).First), StringComparison.Ordinal);
        asked.Answer();
        await calling.Next(SessionEventKind.Answered);
        Assert.Equal(486, (await (await cid.Call("*9102")).Next(SessionEventKind.Ended)).Status);
        calling.Hangup();
        await asked.Next(SessionEventKind.Ended);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    [Trait("Feature", "CTL-04")]
    [Fact]
    public async Task A_phone_that_left_somebody_on_hold_rings_for_them_in_its_own_way()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, holding) = await EdgeWorld.Connected(ann, bob);
        Assert.True(await world.Grains.GetGrain<IUserGrain>("acme/102").SetCallSettings(new CallSettings(CallSettings.ShortestHoldRecall, [])));
        holding.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        var reminds = await bob.NextCall();
        Assert.Contains("urn:alert:service:recall:hold", Encoding.ASCII.GetString(reminds.Invite!.Headers(HeaderName.AlertInfo).First), StringComparison.Ordinal);
        Assert.Contains("On hold: ", reminds.Invite.HeaderText(HeaderName.From), StringComparison.Ordinal);
        reminds.Answer();
        Assert.Equal(SessionEnd.RemoteBye, (await holding.Next(SessionEventKind.Ended)).End);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await reminds.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 102", "102 Inbound 101"], world.Journal.All.SelectMany(call => call.History).Texts());
    }
}
