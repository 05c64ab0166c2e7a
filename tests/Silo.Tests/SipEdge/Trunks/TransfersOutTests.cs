using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Trunks;

/// <summary>Parties are put through to somebody outside.</summary>
[Trait("Feature", "XFR-09")]
public sealed class TransfersOutTests
{
    [Fact]
    public async Task A_blind_transfer_connects_the_caller_with_the_outside_and_comes_back_when_that_is_busy_or_unknown()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var (calling, talking) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        foreach (var (status, heard) in new[] { (486, "SIP/2.0 486 Busy Here"), (404, "SIP/2.0 404 Not Found") })
        {
            talking.Refer("<sip:004412345@acme.example>");
            Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
            await talking.NextNotify();
            (await gateway.NextCall()).Reject(status);
            Assert.Equal(heard, (await talking.NextNotify()).Line);
        }

        talking.Refer("<sip:004412345@acme.example>");
        await talking.NextNotify();
        var outside = await gateway.NextCall();
        outside.Ring();
        Assert.Equal("SIP/2.0 200 OK", (await talking.NextNotify()).Line);
        await talking.Next(SessionEventKind.Ended);
        outside.Answer();
        await outside.Next(SessionEventKind.Acknowledged);
        outside.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(["101 Outbound 004412345", "102 Inbound 101"], (await world.Over()).History.Texts());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attended_transfer_connects_somebody_outside_with_somebody_else_outside(bool answered)
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var bob = await world.Registered("102");
        var calling = await gateway.Call(TestTrunk.Ours, authenticate: false, uri: $"sip:{TestTrunk.Ours}@{world.Udp}");
        var talking = await bob.NextCall();
        talking.Answer();
        await calling.Next(SessionEventKind.Answered);
        await talking.Next(SessionEventKind.Acknowledged);

        var consulting = await bob.Call("004412345");
        var outside = await gateway.NextCall();
        outside.Ring();
        await consulting.Next(SessionEventKind.Progress);
        if (answered)
        {
            outside.Answer();
            await consulting.Next(SessionEventKind.Answered);
            await outside.Next(SessionEventKind.Acknowledged);
        }

        var replaces = Uri.EscapeDataString(consulting.DialogName);
        talking.Refer($"<sip:004412345@acme.example?Replaces={replaces}>");
        Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
        await talking.NextNotify();
        Assert.Equal("SIP/2.0 200 OK", (await talking.NextNotify()).Line);
        await talking.Next(SessionEventKind.Ended);
        if (!answered)
        {
            outside.Answer();
            await outside.Next(SessionEventKind.Acknowledged);
        }

        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await outside.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0 && world.Journal.All.Count() == 2 && world.Journal.All.All(call => call.Ended));
        Assert.Equal(["102 Inbound anonymous", "102 Outbound 004412345"], world.Journal.All.SelectMany(call => call.History).Texts().Order());
    }
}
