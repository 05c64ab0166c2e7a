using Webphone.Grains.History;
using Webphone.Grains.Slots;
using Webphone.Grains.Users;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Places;

/// <summary>Desk phones park calls, and take those that are parked.</summary>
public sealed class SlotTests
{
    private static readonly (string, string) Done = ("SIP/2.0 200 OK", "terminated;reason=noresource");

    [Trait("Feature", "PRK-02")]
    [Trait("Feature", "PRK-03")]
    [Trait("Feature", "PRK-04")]
    [Fact]
    public async Task A_call_is_parked_by_transfer_and_anyone_takes_it_by_dialling_the_slot()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:*68@acme.example>");
        await talking.NextNotify();
        Assert.Equal(Done, await talking.NextNotify());
        await talking.Next(SessionEventKind.Ended);
        var slots = world.Grains.GetGrain<ITenantSlotsGrain>("acme");
        var parked = (await slots.GetView()).Slots.First(slot => slot.Parked is not null);
        Assert.Equal(("701", "101", "102"), (parked.Slot, parked.Parked!.Party.Number, parked.Parked.ByExtension));

        var (others, keeping) = await EdgeWorld.Connected(cid, bob);
        keeping.Refer("<sip:701@acme.example>");
        await keeping.NextNotify();
        Assert.Equal("SIP/2.0 486 Busy Here", (await keeping.NextNotify()).Line);
        others.Hangup();
        await keeping.Next(SessionEventKind.Ended);

        var taking = await cid.Answered("701");
        await Eventually.True(async () => (await slots.Find("701")) is null);
        Assert.Equal(404, (await (await bob.Call("701")).Next(SessionEventKind.Ended)).Status);
        taking.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Single(world.Journal.All.SelectMany(call => call.History), entry => entry.Extension == "101");
        Assert.Contains(world.Journal.All.SelectMany(call => call.History), entry => entry is { Extension: "103", Direction: CallDirection.Outbound, Peer.Number: "101", AnsweredAt: not null });
    }

    [Trait("Feature", "PRK-05")]
    [Fact]
    public async Task A_parked_party_who_hangs_up_frees_the_slot()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, talking) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        talking.Refer("<sip:705@acme.example>");
        await talking.NextNotify();
        Assert.Equal(Done, await talking.NextNotify());
        calling.Hangup();
        await Eventually.True(async () => (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("705")) is null);
        await world.Over();
    }

    [Trait("Feature", "PRK-02")]
    [Fact]
    public async Task Dialled_alone_the_park_code_parks_whom_one_holds_and_says_where_or_says_no()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, holding) = await EdgeWorld.Connected(ann, bob);
        holding.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await Eventually.True(async () => (await world.Grains.GetGrain<IUserGrain>("acme/102").GetView()).Calls is [{ } call] && call.Parties.Any(party => party is { Extension: "102", Holding: true }));
        var saying = await bob.Answered("*68");
        Assert.Equal(SessionEnd.RemoteBye, (await holding.Next(SessionEventKind.Ended)).End);
        Assert.Equal("101", (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("701"))!.Party.Number);
        saying.Hangup();
        calling.Hangup();
        await Eventually.True(async () => (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("701")) is null);

        var refused = await bob.Answered("*68");
        Assert.Contains("Not allowed", (await refused.Next(SessionEventKind.Ended)).Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }
}
