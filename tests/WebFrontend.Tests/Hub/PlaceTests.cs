using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>Conferences and park slots as browsers have them: 101 has called 102, who moves them.</summary>
public class PlaceTests
{
    [Fact]
    public async Task CNF_01_to_10_Two_calls_become_a_conference_that_its_members_see_moderate_leave_and_rejoin()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var carol = await world.Open("103");
        var consultation = Browser.NewId();
        await bob.Dial(consultation, "103", Browser.NewOffer(), bobLeg);
        var ring = await carol.Rung();
        await carol.Hub.Ask<OfferResult>("Answer", ring.Leg, carol.Offer());
        await bob.Call(call => call.Leg == consultation && call.Phase == CallPhase.Connected);

        var order = new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Merge, null, consultation);
        await bob.Hub.Do("Transfer", order);

        Assert.Equal(TransferPhase.Done, (await bob.Transfer(told => told.Phase != TransferPhase.Trying)).Phase);
        var room = (await bob.Call(call => call.Leg == bobLeg && call.Room is not null)).Room!;
        Assert.Matches("^999[0-9]{2}$", room);
        foreach (var browser in new[] { alice, bob, carol })
            Assert.Equal("102", (await browser.Hub.Next<Conference>("ConferenceChanged", now => now.Members.Length == 3)).Host);
        Assert.Equal(3, (await bob.Hub.Next<MyConference>("MyConferenceChanged", mine => mine.Members == 3)).Members);

        Assert.Equal(CallEnd.Forbidden, await Refusal(alice, new ConferenceOrder(room, ConferenceAct.Mute, ring.Leg, true)));
        Assert.Equal(CallEnd.None, await Refusal(bob, new ConferenceOrder(room, ConferenceAct.Mute, aliceLeg, true)));
        await alice.Hub.Next<Conference>("ConferenceChanged", now => now.Members.Any(member => member.Leg == aliceLeg && member.Muted));
        Assert.Equal(CallEnd.None, await Refusal(bob, new ConferenceOrder(room, ConferenceAct.Lock, null, true)));
        await alice.Hub.Next<Conference>("ConferenceChanged", now => now.Locked);
        await bob.Hub.Do("HangUp", bobLeg);
        await alice.Hub.Next<Conference>("ConferenceChanged", now => now.Members.Length == 2);
        bob.Drop();
        await bob.Connect();
        Assert.Equal((room, 2), (bob.Shown.MyConference!.Number, bob.Shown.MyConference.Members));

        var again = Browser.NewId();
        await bob.Dial(again, room, Browser.NewOffer());
        await alice.Hub.Next<Conference>("ConferenceChanged", now => now.Members.Length == 3);
        Assert.Equal(CallEnd.None, await Refusal(bob, new ConferenceOrder(room, ConferenceAct.Remove, ring.Leg, true)));
        await carol.Call(call => call.Phase == CallPhase.Ended);
        await alice.Hub.Do("HangUp", aliceLeg);
        await bob.Hub.Do("HangUp", again);
        await bob.Hub.Next<MyConference>("MyConferenceChanged", mine => mine.Members == 0);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
    }

    [Fact]
    public async Task CTL_08_CNF_15_Two_who_talk_call_a_third_in_without_asking_and_all_three_see_who_rings_and_who_came()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var carol = await world.Open("103");

        await bob.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Merge, "103", null));

        var ring = await carol.Rung();
        Assert.Equal(("102", RingReason.Conference), (ring.Caller.Number, ring.Reason));
        foreach (var browser in new[] { alice, bob })
        {
            var invitee = Assert.Single((await browser.Hub.Next<Conference>("ConferenceChanged", now => now.Invitees.Length == 1)).Invitees);
            Assert.Equal(("103", "102"), (invitee.Who.Extension, invitee.By.Extension));
        }

        Assert.True((await carol.Hub.Ask<OfferResult>("Answer", ring.Leg, carol.Offer())).Ok);
        foreach (var browser in new[] { alice, bob, carol })
            Assert.Equal("102", (await browser.Hub.Next<Conference>("ConferenceChanged", now => now is { Members.Length: 3, Invitees.Length: 0 })).Host);
        var done = await bob.Transfer(told => told.Phase != TransferPhase.Trying);
        var room = (await carol.Call(call => call.Leg == ring.Leg && call.Room is not null)).Room;
        Assert.Equal((TransferPhase.Done, room), (done.Phase, done.Place));
        foreach (var (browser, leg) in new[] { (alice, aliceLeg), (bob, bobLeg), (carol, ring.Leg) })
            await browser.Hub.Do("HangUp", leg);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
        Assert.Equal((CallDirection.Inbound, room), Assert.Single(world.Journal.All.SelectMany(call => call.History), entry => entry.Extension == "103") is var carols ? (carols.Direction, carols.Peer.Number) : default);
    }

    [Fact]
    public async Task CNF_04_Who_declines_the_conference_or_is_not_wanted_any_more_leaves_it_as_it_is_and_the_one_who_asked_is_told()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var carol = await world.Open("103");
        await bob.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Merge, null, null));
        var room = (await bob.Transfer(told => told.Phase == TransferPhase.Done)).Place!;
        await bob.Hub.Next<Conference>("ConferenceChanged", now => now.Members.Length == 2);

        await alice.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), aliceLeg, MoveKind.Send, "103", null));
        await carol.Hub.Do("Decline", (await carol.Rung()).Leg);
        Assert.Equal((TransferPhase.Failed, CallEnd.Declined), Outcome(await alice.Transfer(told => told.Phase != TransferPhase.Trying)));
        await bob.Hub.Next<Conference>("ConferenceChanged", now => now.Invitees.Length == 1);
        await bob.Hub.Next<Conference>("ConferenceChanged", now => now.Invitees.IsEmpty);

        await alice.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), aliceLeg, MoveKind.Send, "103", null));
        var ring = await carol.Rung();
        await carol.Hub.Do("RingReceived", ring.Leg);
        var invitee = Assert.Single((await bob.Hub.Next<Conference>("ConferenceChanged", now => now.Invitees.Length == 1)).Invitees);
        Assert.Equal(CallEnd.Forbidden, await Refusal(carol, new ConferenceOrder(room, ConferenceAct.Remove, invitee.Leg, true)));
        Assert.Equal(CallEnd.None, await Refusal(alice, new ConferenceOrder(room, ConferenceAct.Remove, invitee.Leg, true)));
        Assert.Equal((TransferPhase.Failed, CallEnd.Cancelled), Outcome(await alice.Transfer(told => told.Phase != TransferPhase.Trying && told.Reason != CallEnd.Declined)));
        await carol.Call(call => call.Leg == ring.Leg && call.Phase == CallPhase.Ended);

        await alice.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), aliceLeg, MoveKind.Send, "199", null));
        Assert.Equal((TransferPhase.Failed, CallEnd.NotFound), Outcome(await alice.Transfer(told => told.Reason == CallEnd.NotFound)));
        await bob.Hub.Do("HangUp", bobLeg);
        await alice.Hub.Do("HangUp", aliceLeg);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);

        static (TransferPhase, CallEnd) Outcome(TransferStatus told) => (told.Phase, told.Reason);
    }

    [Fact]
    public async Task PRK_01_to_04_A_parked_party_is_on_everybodys_board_and_anybody_takes_them()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var carol = await world.Open("103");
        Assert.NotEmpty(carol.Shown.ParkBoard!.Slots);

        await bob.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Send, "*68", null));

        var done = await bob.Transfer(told => told.Phase != TransferPhase.Trying);
        Assert.Equal(TransferPhase.Done, done.Phase);
        var board = await carol.Hub.Next<ParkBoard>("ParkBoardChanged", now => now.Slots.Any(slot => slot.Who is not null));
        var parked = board.Slots.Single(slot => slot.Who is not null);
        Assert.Equal((done.Place, "101", "102"), (parked.Slot, parked.Who!.Number, parked.By!.Number));
        await carol.Dial(Browser.NewId(), parked.Slot, carol.Offer());
        await alice.Call(call => call is { Phase: CallPhase.Connected, Peer.Number: "103" });
        await carol.Hub.Next<ParkBoard>("ParkBoardChanged", now => now.Slots.All(slot => slot.Who is null));
        await alice.Hub.Do("HangUp", aliceLeg);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
    }

    [Fact]
    public async Task What_is_no_conference_of_the_tenant_is_refused()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");

        foreach (var room in new[] { "102", "9990", "99a01", "../99901" })
            Assert.Contains("bad-room", (await Assert.ThrowsAsync<HubRefusedException>(() => browser.Hub.Do("Conference", new ConferenceOrder(room, ConferenceAct.Lock, null, true)))).Message, StringComparison.Ordinal);
        Assert.Contains("bad-leg", (await Assert.ThrowsAsync<HubRefusedException>(() => browser.Hub.Do("Conference", new ConferenceOrder("99901", ConferenceAct.Mute, null, true)))).Message, StringComparison.Ordinal);
        Assert.Equal(CallEnd.NotFound, await Refusal(browser, new ConferenceOrder("99901", ConferenceAct.Lock, null, true)));
    }

    private static async Task<CallEnd> Refusal(Browser browser, ConferenceOrder order) => (await browser.Hub.Ask<ConferenceResult>("Conference", order)).Refusal;
}
