using System.Text;
using Webphone.Grains.Calls;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Desk phones transfer calls: REFER, and REFER with Replaces (RFC 3515, RFC 5589).</summary>
[Trait("Feature", "XFR")]
public sealed class TransferTests
{
    private static readonly (string, string) Done = ("SIP/2.0 200 OK", "terminated;reason=noresource");

    [Trait("Feature", "XFR-02")]
    [Fact]
    public async Task A_blind_transfer_connects_the_other_party_with_the_target_and_ends_the_call_of_the_one_who_transferred()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:103@acme.example>");
        Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
        Assert.Equal(("SIP/2.0 100 Trying", "active;expires=60"), await talking.NextNotify());
        var ringing = await cid.NextCall();
        Assert.Contains("sip:101@", Encoding.UTF8.GetString(ringing.Invite!.From.Uri), StringComparison.Ordinal);
        Assert.Contains("<sip:102@acme.example>", ringing.Invite.HeaderText(HeaderName.ReferredBy), StringComparison.Ordinal);
        ringing.Ring();
        Assert.Equal(Done, await talking.NextNotify());
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        ringing.Answer();
        await ringing.Next(SessionEventKind.Acknowledged);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        var entries = (await world.Over()).History;
        Assert.Equal(["101 Outbound 103", "102 Inbound 101", "103 Inbound 101"], entries.Texts());
        Assert.All(entries, entry => Assert.Equal(CallEnd.Completed, entry.End));
    }

    [Trait("Feature", "N6")]
    [Fact]
    public async Task A_target_that_cannot_be_reached_leaves_the_two_talking()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, talking) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        talking.Refer("<sip:103@acme.example>");
        Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
        await talking.NextNotify();
        Assert.Equal(("SIP/2.0 480 Temporarily Unavailable", "terminated;reason=noresource"), await talking.NextNotify());
        talking.Refer("<sip:999@acme.example>");
        await talking.NextNotify();
        Assert.Equal("SIP/2.0 404 Not Found", (await talking.NextNotify()).Line);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        await world.Over();
    }

    [Trait("Feature", "XFR-08")]
    [Fact]
    public async Task XFR_08_Who_transferred_hears_404_from_a_target_whose_phone_says_so_and_a_caller_that_nobody_is_reached()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:103@acme.example>");
        await talking.NextNotify();
        (await cid.NextCall()).Reject(404);
        Assert.Equal(("SIP/2.0 404 Not Found", "terminated;reason=noresource"), await talking.NextNotify());
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);

        var asking = await ann.Call("103");
        (await cid.NextCall()).Reject(404);
        Assert.Equal(480, (await asking.Next(SessionEventKind.Ended)).Status);
        await world.AllOver();
    }

    [Trait("Feature", "N6")]
    [Fact]
    public async Task Who_hangs_up_right_after_the_refer_is_rung_again_when_the_target_does_not_take_the_call()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:103@acme.example>", "Refer-Sub: false\r\n");
        talking.Hangup();
        var ringing = await cid.NextCall();
        ringing.Ring();
        ringing.Reject(486);
        var recall = await bob.NextCall();
        Assert.Contains("sip:101@", Encoding.UTF8.GetString(recall.Invite!.From.Uri), StringComparison.Ordinal);
        Assert.False(recall.Invite.Has(HeaderName.ReferredBy));
        recall.Answer();
        await recall.Next(SessionEventKind.Acknowledged);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await recall.Next(SessionEventKind.Ended)).End);
        Assert.Equal(["101 Outbound 102", "102 Inbound 101", "103 Inbound 101"], (await world.Over()).History.Texts());
    }

    [Trait("Feature", "XFR-06")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attended_transfer_connects_the_two_after_the_answer_and_while_the_target_rings(bool answered)
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await talking.Next(SessionEventKind.Answer);
        var consulting = await bob.Call("103");
        var target = await cid.NextCall();
        target.Ring();
        await consulting.Next(SessionEventKind.Progress);
        if (answered)
        {
            target.Answer();
            await consulting.Next(SessionEventKind.Answered);
            await target.Next(SessionEventKind.Acknowledged);
        }

        talking.Refer(ReplacesOf("103", consulting));
        await talking.NextNotify();
        Assert.Equal(Done, await talking.NextNotify());
        await talking.Next(SessionEventKind.Ended);
        await consulting.Next(SessionEventKind.Ended);
        if (!answered)
        {
            target.Answer();
            await target.Next(SessionEventKind.Acknowledged);
        }

        target.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0 && world.Journal.All.Count() == 2 && world.Journal.All.All(call => call.Ended));
        Assert.Equal(
            ["101 Outbound 103", "102 Inbound 101", "102 Outbound 103", "103 Inbound 101"],
            world.Journal.All.SelectMany(call => call.History).Texts().Order());
    }

    [Fact]
    public async Task Nobody_transfers_to_a_dialog_that_is_not_theirs()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        var (others, _) = await EdgeWorld.Connected(cid, await world.Registered("104"));
        talking.Refer(ReplacesOf("104", others));
        Assert.Equal(403, (await talking.Next(SessionEventKind.Response)).Status);
        talking.Refer("<sip:103@elsewhere.example>");
        Assert.Equal(403, (await talking.Next(SessionEventKind.Response)).Status);
        talking.Refer("<mailto:x@acme.example>");
        Assert.Equal(416, (await talking.Next(SessionEventKind.Response)).Status);
        calling.Hangup();
        others.Hangup();
        await Eventually.True(() => world.Edge.Legs == 0);
    }

    /// <summary>A URI that names the far side of the phone's own dialog.</summary>
    private static string ReplacesOf(string number, TestCall call) => $"<sip:{number}@acme.example?Replaces={Uri.EscapeDataString(call.DialogName)}>";
}
