using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Places;

/// <summary>Desk phones take calls that ring at others.</summary>
public sealed class PickupTests
{
    [Trait("Feature", "P20")]
    [Theory]
    [InlineData("**102")]
    [InlineData("*8")]
    public async Task A_call_that_rings_elsewhere_is_answered_by_pickup(string code)
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        var taking = await cid.Answered(code);
        await calling.Next(SessionEventKind.Answered);
        Assert.Equal(SessionEnd.RemoteCancel, (await ringing.Next(SessionEventKind.Ended)).End);
        taking.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 103", "102 Inbound 101", "103 Outbound 101"], world.Journal.All.SelectMany(call => call.History).Texts());
    }

    [Trait("Feature", "P20")]
    [Fact]
    public async Task Nothing_to_pick_up_is_said_and_nobody_outside_the_group_takes_by_the_group_code()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, dee) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("104"));
        Assert.Equal(404, (await (await dee.Call("**102")).Next(SessionEventKind.Ended)).Status);
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        Assert.Equal(404, (await (await dee.Call("*8")).Next(SessionEventKind.Ended)).Status);
        calling.Hangup();
        await ringing.Next(SessionEventKind.Ended);
    }

    [Trait("Feature", "P20")]
    [Fact]
    public async Task An_invite_with_replaces_takes_a_ringing_call_and_moves_ones_own_to_another_phone_and_nobody_elses()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        var taking = await cid.Call("102", headers: Replaces(ringing, ";early-only"));
        await taking.Next(SessionEventKind.Answered);
        await calling.Next(SessionEventKind.Answered);
        await ringing.Next(SessionEventKind.Ended);

        Assert.Equal(486, (await (await cid.Call("103", headers: Replaces(taking, ";early-only"))).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(403, (await (await bob.Call("103", headers: Replaces(taking, ""))).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(481, (await (await bob.Call("103", headers: "Replaces: nobody;to-tag=1;from-tag=2\r\n")).Next(SessionEventKind.Ended)).Status);
        var going = await world.Registered("103");
        var moved = await going.Call("103", headers: Replaces(taking, ""));
        await moved.Next(SessionEventKind.Answered);
        await taking.Next(SessionEventKind.Ended);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await moved.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
    }

    /// <summary>Names a phone's dialog in the server's terms.</summary>
    private static string Replaces(TestCall call, string more) => $"Replaces: {call.DialogName}{more}\r\n";
}
