using System.Net;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Users;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class CallTests
{
    [Trait("Feature", "HIS-01")]
    [Trait("Feature", "OUT-06")]
    [Fact]
    public async Task Two_browsers_call_each_other_and_both_find_it_in_their_history()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var (leg, offer) = (Browser.NewId(), Browser.NewOffer());

        var dialled = await alice.Dial(leg, "102", offer);
        Assert.Equal(new OfferResult(true, $"answer to {offer}", null), dialled);
        var ring = await bob.Rung();
        Assert.Equal(new Peer("101", "User 101", null), ring.Caller);
        var ringing = await alice.Call(call => call.Phase == CallPhase.Ringing);
        Assert.Equal((leg, true, "102"), (ringing.Leg, ringing.Here, ringing.Peer.Number));
        var answer = await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, Browser.NewOffer());
        Assert.True(answer.Ok);
        var (atAlice, atBob) = (await alice.Call(call => call.Phase == CallPhase.Connected), await bob.Call(call => call.Phase == CallPhase.Connected));
        Assert.Equal((true, true, "101"), (atAlice.Here, atBob.Here, atBob.Peer.Number));
        await bob.Hub.Do("HangUp", ring.Leg);

        Assert.Equal(CallEnd.Completed, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
        Assert.Contains("play 1 Ringback", world.Media.Told);
        Assert.Contains("connect 1 2", world.Media.Told);
        var (outgoing, incoming) = (await alice.Client.Get<HistoryPage>("/api/history"), await bob.Client.Get<HistoryPage>("/api/history"));
        Assert.Equal(("102", false), (outgoing!.Entries.Single().Peer.Number, outgoing.Entries.Single().Missed));
        Assert.Equal("101", incoming!.Entries.Single().Peer.Number);
    }

    [Trait("Feature", "N16")]
    [Fact]
    public async Task A_repeated_dial_makes_no_second_call()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var (leg, offer) = (Browser.NewId(), Browser.NewOffer());

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => alice.Dial(leg, "102", offer)));
        await bob.Rung();

        Assert.All(results, result => Assert.Equal($"answer to {offer}", result.Answer));
        await alice.Hub.Do("HangUp", leg);
        await Eventually.True(() => world.Edge.Legs == 0);
        Assert.Single(world.Journal.All);
        Assert.Equal(OfferRefusal.Gone, (await alice.Dial(leg, "102", offer)).Refusal);
    }

    [Trait("Feature", "N16")]
    [Fact]
    public async Task A_hang_up_that_overtakes_the_dialling_keeps_it_from_calling()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");
        var leg = Browser.NewId();

        await alice.Hub.Do("HangUp", leg);
        var dialled = await alice.Dial(leg, "102", Browser.NewOffer());

        Assert.Equal(OfferRefusal.Gone, dialled.Refusal);
        Assert.Empty(world.Journal.All);
    }

    [Fact]
    public async Task Who_answers_a_caller_of_another_node_is_connected_with_the_end_that_waits_there()
    {
        await using var world = await WebWorld.Start();
        var bob = await world.Open("102");
        var device = new Binding(SessionKey.DeviceOf(bob.Session), "", "web1", SessionKey.FlowOf(bob.Session), [], "", 0, TimeSpan.FromHours(1), DateTimeOffset.MaxValue, "test");
        var waiting = new LinkEnd(new IPEndPoint(IPAddress.Loopback, 9), []);

        await world.Edge.Ring(new RingLeg(new LegId(Browser.NewId()), "acme/elsewhere", "acme", "102", device, new Party("101", ""), [], AutoAnswer: null, Link: waiting));
        var ring = await bob.Rung();
        var answer = await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, Browser.NewOffer());

        Assert.True(answer.Ok);
        Assert.Contains($"link 1 to {waiting}", world.Media.Told);
    }

    [Fact]
    public async Task An_offer_that_is_none_is_refused_and_leaves_nothing()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");

        var dialled = await alice.Dial(Browser.NewId(), "102", "nonsense");

        Assert.Equal(OfferRefusal.BadOffer, dialled.Refusal);
        Assert.Equal((0, 0), (world.Edge.Legs, world.Media.Count));
    }

    [Fact]
    public async Task Hold_digits_and_resume_reach_the_call()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, leg, _) = await Connected(world);

        await alice.Hub.Do("Hold", leg);
        Assert.True((await bob.Call(call => call.HeldByPeer)).HeldByPeer);
        await alice.Hub.Do("Resume", leg);
        await bob.Call(call => !call.HeldByPeer);
        await alice.Hub.Do("SendDigits", leg, "12#");

        Assert.Contains("play 2 HoldMusic", world.Media.Told);
        Assert.Equal("12#", string.Concat(world.Media.Of(alice.Offer()).Digits));
    }

    [Fact]
    public async Task Declining_ends_the_call_for_the_caller()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        var ring = await bob.Rung();

        await bob.Hub.Do("Decline", ring.Leg);

        Assert.Equal(CallEnd.Declined, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.Equal(new RingStop(ring.Leg, CallEnd.Declined, null), await bob.Hub.Next<RingStop>("RingStopped"));
    }

    [Fact]
    public async Task All_browsers_ring_and_the_one_that_answers_stops_the_others()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");
        var (desk, home) = (await world.Open("102"), await world.Open("102"));
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        var (atDesk, atHome) = (await desk.Rung(), await home.Rung());

        await desk.Hub.Ask<OfferResult>("Answer", atDesk.Leg, Browser.NewOffer());

        var stop = await home.Hub.Next<RingStop>("RingStopped");
        Assert.Equal((atHome.Leg, CallEnd.AnsweredElsewhere), (stop.Leg, stop.Reason));
        var elsewhere = await home.Call(call => call is { Phase: CallPhase.Connected, Here: false });
        Assert.Equal("101", elsewhere.Peer.Number);
    }

    [Trait("Feature", "N3")]
    [Trait("Feature", "N12")]
    [Fact]
    public async Task A_ring_that_the_browser_does_not_acknowledge_makes_it_unreachable_at_once_and_it_is_told()
    {
        await using var world = await WebWorld.Start(new SessionEdgeOptions { RingAcknowledgement = TimeSpan.FromSeconds(1) });
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        var ring = await bob.Hub.Next<Ring>("Ringing");

        Assert.Equal(CallEnd.Unreachable, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        var missed = await bob.Hub.Next<PhoneHolder>("PhoneTaken", phone => phone.MissedRingAt is not null);
        Assert.Equal(bob.Tab, missed.TabId);
        await Eventually.True(async () => (await world.User("102").GetView()).Devices.IsEmpty);
        // The tab wakes up and says so late: it can be rung again.
        await bob.Hub.Do("RingReceived", ring.Leg);
        await bob.Hub.Next<PhoneHolder>("PhoneTaken", phone => phone is { MissedRingAt: null, Reachable: true });
        Assert.Single((await world.User("102").GetView()).Devices);
    }

    [Fact]
    public async Task Another_tenants_legs_and_another_sessions_legs_are_nobodys()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, leg, bobLeg) = await Connected(world);
        var stranger = await world.Open("101", "other");
        var otherBrowser = await world.Open("101");

        foreach (var thief in new[] { stranger, otherBrowser })
        {
            foreach (var stolen in new[] { leg, bobLeg })
            {
                Assert.Equal(OfferRefusal.Gone, (await thief.Hub.Ask<OfferResult>("Reconnect", stolen, Browser.NewOffer())).Refusal);
                Assert.Equal(OfferRefusal.Gone, (await thief.Hub.Ask<OfferResult>("Answer", stolen, Browser.NewOffer())).Refusal);
                foreach (var command in new[] { "HangUp", "Decline", "Hold", "RingReceived" })
                    await thief.Hub.Do(command, stolen);
            }
            Assert.False((await thief.Dial(leg, "102", Browser.NewOffer())).Ok);
        }

        var view = await world.User("102").GetView();
        Assert.Equal(CallPhase.Connected, Assert.Single(view.Calls).Phase);
        await alice.Hub.Do("HangUp", leg);
        await bob.Call(call => call.Phase == CallPhase.Ended);
    }

    internal static async Task<(Browser Caller, Browser Callee, string CallerLeg, string CalleeLeg)> Connected(WebWorld world)
    {
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var leg = Browser.NewId();
        await alice.Dial(leg, "102", alice.Offer());
        var ring = await bob.Rung();
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer())).Ok);
        await alice.Call(call => call.Phase == CallPhase.Connected);
        await bob.Call(call => call.Phase == CallPhase.Connected);
        return (alice, bob, leg, ring.Leg);
    }
}
