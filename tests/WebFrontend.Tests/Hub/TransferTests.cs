using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>101 calls 102, who sends them to 103.</summary>
public class TransferTests
{
    [Fact]
    public async Task XFR_02_Blind_the_one_who_transfers_is_out_when_the_target_rings_and_the_two_talk()
    {
        await using var desk = await Desk.Talking();

        var request = await desk.Blind("103");
        await desk.Bob.Transfer(told => told is { Phase: TransferPhase.Trying });
        var ring = await desk.Carol.Rung();
        var done = await desk.Bob.Transfer(told => told.Phase != TransferPhase.Trying);
        Assert.Equal(new TransferStatus(request, desk.BobLeg, MoveKind.Send, "103", null, TransferPhase.Done, CallEnd.None, null), done);
        Assert.Equal(CallEnd.Completed, (await desk.Bob.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.Equal("101", ring.Caller.Number);
        await desk.Carol.Hub.Ask<OfferResult>("Answer", ring.Leg, desk.Carol.Offer());

        var atAlice = await desk.Alice.Call(call => call is { Phase: CallPhase.Connected, Peer.Number: "103" });
        Assert.True(atAlice.Here);
        await Eventually.True(() => desk.World.Media.Told.Contains("connect 1 3") || desk.World.Media.Told.Contains("connect 3 1"));
        await desk.Alice.Hub.Do("HangUp", desk.AliceLeg);
        await Eventually.True(() => desk.World.Edge.Legs == 0);
        foreach (var browser in new[] { desk.Alice, desk.Bob, desk.Carol })
            Assert.Single((await browser.Client.Get<HistoryPage>("/api/history"))!.Entries);
    }

    [Theory]
    [InlineData("104", CallEnd.Unreachable)]
    [InlineData("999", CallEnd.NotFound)]
    [InlineData("*43", CallEnd.Forbidden)]
    public async Task XFR_08_Blind_to_where_nobody_is_the_two_talk_on_and_the_reason_is_told(string target, CallEnd reason)
    {
        await using var desk = await Desk.Talking();

        await desk.Blind(target);

        Assert.Equal(reason, (await desk.Bob.Transfer(told => told.Phase == TransferPhase.Failed)).Reason);
        await Eventually.True(async () => (await desk.World.User("102").GetView()).Calls is [{ Phase: CallPhase.Connected }]);
        await desk.Bob.Hub.Do("Hold", desk.BobLeg);
        await desk.Alice.Call(call => call.HeldByPeer);
    }

    [Fact]
    public async Task XFR_08_Blind_to_one_who_declines_after_the_ring_comes_back_and_says_from_whom()
    {
        await using var desk = await Desk.Talking();

        await desk.Blind("103");
        var ring = await desk.Carol.Rung();
        await desk.Bob.Transfer(told => told.Phase == TransferPhase.Done);
        await desk.Carol.Hub.Do("Decline", ring.Leg);

        var back = await desk.Bob.Rung();
        Assert.Equal("101", back.Caller.Number);
        Assert.Equal("103", (await desk.Bob.Call(call => call is { BackFrom: not null, Here: true })).BackFrom!.Number);
        await desk.Bob.Hub.Ask<OfferResult>("Answer", back.Leg, Browser.NewOffer());
        await desk.Alice.Call(call => call is { Phase: CallPhase.Connected, Peer.Number: "102" });
        Assert.Single((await desk.World.User("102").GetView()).Calls);
        await desk.Alice.Hub.Do("HangUp", desk.AliceLeg);
        Assert.Equal(back.Leg, (await desk.Bob.Call(call => call.Phase == CallPhase.Ended && call.Leg == back.Leg)).Leg);
        Assert.Empty((await desk.World.User("102").GetView()).Calls);
    }

    [Fact]
    public async Task XFR_03_A_consultation_holds_the_first_call_by_itself_and_is_shown_as_one_after_a_reload()
    {
        await using var desk = await Desk.Talking();

        var (consultation, _) = await desk.Consult();

        await desk.Alice.Call(call => call.HeldByPeer);
        desk.Bob.Drop();
        await desk.Bob.Connect();
        var again = desk.Bob.Shown.Calls;
        Assert.Equal((desk.BobLeg, null), (again.Single(call => call.Leg == consultation).Consults, again.Single(call => call.Leg == desk.BobLeg).Consults));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task XFR_06_Attended_completed_after_the_answer_or_while_the_target_rings(bool answered)
    {
        await using var desk = await Desk.Talking();
        var (consultation, ring) = await desk.Consult(answered);

        var request = await desk.Complete(consultation);

        var done = await desk.Bob.Transfer(told => told.Phase != TransferPhase.Trying);
        Assert.Equal(new TransferStatus(request, desk.BobLeg, MoveKind.Send, null, consultation, TransferPhase.Done, CallEnd.None, null), done);
        await Eventually.True(async () => (await desk.World.User("102").GetView()).Calls.IsEmpty);
        if (!answered)
            await desk.Carol.Hub.Ask<OfferResult>("Answer", ring, desk.Carol.Offer());
        await desk.Alice.Call(call => call is { Phase: CallPhase.Connected, Peer.Number: "103", HeldByPeer: false });
        await desk.Carol.Call(call => call is { Phase: CallPhase.Connected, Peer.Number: "101" });
        await desk.Carol.Hub.Do("HangUp", ring);
        await Eventually.True(() => desk.World.Edge.Legs == 0 && desk.World.Media.Count == 0);
        foreach (var browser in new[] { desk.Alice, desk.Carol })
            Assert.Single((await browser.Client.Get<HistoryPage>("/api/history"))!.Entries);
    }

    [Fact]
    public async Task XFR_07_Cancelled_the_consultation_is_over_and_the_first_call_is_taken_back()
    {
        await using var desk = await Desk.Talking();
        var (consultation, _) = await desk.Consult();
        await desk.Alice.Call(call => call.HeldByPeer);

        await desk.Bob.Hub.Do("HangUp", consultation);

        await desk.Alice.Call(call => call is { Phase: CallPhase.Connected, HeldByPeer: false });
        await desk.Carol.Call(call => call.Phase == CallPhase.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task XFR_08_The_target_declines_or_hangs_up_and_the_first_call_is_taken_back_by_itself(bool answered)
    {
        await using var desk = await Desk.Talking();
        var (_, ring) = await desk.Consult(answered);
        await desk.Alice.Call(call => call.HeldByPeer);

        await desk.Carol.Hub.Do(answered ? "HangUp" : "Decline", ring);

        await desk.Alice.Call(call => call is { Phase: CallPhase.Connected, HeldByPeer: false });
        Assert.Equal(desk.BobLeg, (await desk.Bob.Call(call => call is { Phase: CallPhase.Connected, Held: false })).Leg);
    }

    [Fact]
    public async Task The_first_call_stays_on_hold_when_its_user_talks_to_a_third_one()
    {
        await using var desk = await Desk.Talking();
        var (consultation, _) = await desk.Consult();
        await desk.Bob.Hub.Do("Hold", consultation);
        await desk.Bob.Dial(Browser.NewId(), "*43", Browser.NewOffer());
        await desk.Bob.Call(call => call is { Phase: CallPhase.Connected, Dialled: "*43" });

        await desk.Bob.Hub.Do("HangUp", consultation);

        await desk.Carol.Call(call => call.Phase == CallPhase.Ended);
        Assert.True((await desk.World.User("102").GetView()).Calls.Single(call => call.Dialled == "102").Parties.Single(party => !party.IsCaller).Holding);
    }

    [Fact]
    public async Task N16_A_repeated_order_is_one_transfer_and_tells_how_it_stands()
    {
        await using var desk = await Desk.Talking();
        var order = new TransferOrder(Browser.NewId(), desk.BobLeg, MoveKind.Send, "104", null);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Bob.Hub.Do("Transfer", order)));
        await desk.Bob.Transfer(told => told.Phase == TransferPhase.Failed);
        await desk.Bob.Hub.Do("Transfer", order);

        Assert.Equal(CallEnd.Unreachable, (await desk.Bob.Transfer(told => told.Phase == TransferPhase.Failed)).Reason);
        desk.Bob.Drop();
        await desk.Bob.Connect();
        Assert.Equal(new TransferStatus(order.RequestId, desk.BobLeg, MoveKind.Send, "104", null, TransferPhase.Failed, CallEnd.Unreachable, null), Assert.Single(desk.Bob.Shown.Transfers));
    }

    [Fact]
    public async Task What_is_not_the_sessions_it_cannot_transfer_nor_transfer_to()
    {
        await using var desk = await Desk.Talking();
        var (consultation, _) = await desk.Consult();
        var otherBrowser = await desk.World.Open("102");

        await otherBrowser.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), desk.BobLeg, MoveKind.Send, "104", null));
        await desk.Alice.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), desk.AliceLeg, MoveKind.Send, null, consultation));

        Assert.Equal(CallEnd.NotFound, (await desk.Alice.Transfer(told => told.Phase == TransferPhase.Failed)).Reason);
        Assert.Equal(2, (await desk.World.User("102").GetView()).Calls.Count(call => call.Phase == CallPhase.Connected));
        desk.Bob.Drop();
        await desk.Bob.Connect();
        Assert.Empty(desk.Bob.Shown.Transfers);
    }

    /// <summary>Three browsers, of which the first has called the second.</summary>
    private sealed class Desk : IAsyncDisposable
    {
        public required WebWorld World { get; init; }

        public required Browser Alice { get; init; }

        public required Browser Bob { get; init; }

        public required Browser Carol { get; init; }

        public required string AliceLeg { get; init; }

        public required string BobLeg { get; init; }

        public static async Task<Desk> Talking()
        {
            var world = await WebWorld.Start();
            var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
            return new Desk { World = world, Alice = alice, Bob = bob, Carol = await world.Open("103"), AliceLeg = aliceLeg, BobLeg = bobLeg };
        }

        public async Task<string> Blind(string target)
        {
            var request = Browser.NewId();
            await Bob.Hub.Do("Transfer", new TransferOrder(request, BobLeg, MoveKind.Send, target, null));
            return request;
        }

        public async Task<string> Complete(string consultation)
        {
            var request = Browser.NewId();
            await Bob.Hub.Do("Transfer", new TransferOrder(request, BobLeg, MoveKind.Send, null, consultation));
            return request;
        }

        /// <summary>Bob asks Carol, who answers or still rings.</summary>
        public async Task<(string Consultation, string Ring)> Consult(bool answered = true)
        {
            var leg = Browser.NewId();
            Assert.True((await Bob.Dial(leg, "103", Browser.NewOffer(), BobLeg)).Ok);
            var ring = await Carol.Rung();
            if (answered)
            {
                await Carol.Hub.Ask<OfferResult>("Answer", ring.Leg, Carol.Offer());
                Assert.Equal(BobLeg, (await Bob.Call(call => call.Leg == leg && call.Phase == CallPhase.Connected)).Consults);
                return (leg, ring.Leg);
            }
            await Bob.Call(call => call.Leg == leg && call.Phase == CallPhase.Ringing);
            return (leg, ring.Leg);
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
