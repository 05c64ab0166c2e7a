using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class LostBrowserTests
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(5);

    /// <summary>Long enough that nothing of a test that comes back is over before.</summary>
    private static readonly SessionEdgeOptions Patient = new() { RingAcknowledgement = Never, MediaTime = Never, AwayAfter = TimeSpan.FromMilliseconds(100), ReconnectTime = Never };

    private static readonly SessionEdgeOptions Impatient = new() { RingAcknowledgement = Never, MediaTime = Never, AwayAfter = TimeSpan.FromMilliseconds(50), ReconnectTime = TimeSpan.FromMilliseconds(500) };

    [Trait("Feature", "N1")]
    [Trait("Feature", "P12")]
    [Fact]
    public async Task A_reload_in_mid_call_gets_the_call_back_and_the_other_side_hears_music_meanwhile()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob, leg, _) = await CallTests.Connected(world);

        alice.Drop();
        Assert.Equal(CallPhase.Connected, (await bob.Call(call => call.PeerAway)).Phase);
        Assert.Contains("play 2 HoldMusic", world.Media.Told);
        await alice.Connect();
        var found = Assert.Single(alice.Shown.Calls);
        Assert.Equal((leg, true, CallPhase.Connected), (found.Leg, found.Here, found.Phase));
        Assert.True(alice.Shown.HoldsPhone);
        var back = await alice.Hub.Ask<OfferResult>("Reconnect", leg, alice.Reload());

        Assert.Equal($"answer to {alice.Offer()}", back.Answer);
        await bob.Call(call => !call.PeerAway);
        Assert.Equal(2, world.Media.Count);
        Assert.Equal(2, world.Media.Told.Count(told => told == "connect 1 2"));
        await alice.Hub.Do("HangUp", leg);
        await bob.Call(call => call.Phase == CallPhase.Ended);
        await Eventually.True(() => world.Journal.All.Single().Ended);
    }

    [Fact]
    public async Task Who_is_still_heard_is_not_away_whatever_became_of_the_hub()
    {
        await using var world = await WebWorld.Start(Impatient);
        var (alice, bob, leg, _) = await CallTests.Connected(world);
        world.Media.Of(alice.Offer()).Listener.OnMediaBack();

        alice.Drop();
        world.Media.Of(bob.Offer()).Listener.OnMediaBack();
        await alice.Connect();

        Assert.Equal(CallPhase.Connected, Assert.Single(alice.Shown.Calls).Phase);
        Assert.DoesNotContain("play 2 HoldMusic", world.Media.Told);
        await alice.Hub.Do("HangUp", leg);
    }

    [Fact]
    public async Task Media_that_is_lost_is_told_to_both_sides_and_so_is_its_return()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob, _, _) = await CallTests.Connected(world);
        var listener = world.Media.Of(alice.Offer()).Listener;

        listener.OnMediaLost();
        Assert.True((await alice.Call(call => call.Away)).Here);
        await bob.Call(call => call.PeerAway);
        listener.OnMediaBack();

        await alice.Call(call => !call.Away);
        await bob.Call(call => !call.PeerAway);
    }

    [Fact]
    public async Task Who_does_not_come_back_in_time_ends_the_call_and_history_says_so()
    {
        await using var world = await WebWorld.Start(Impatient);
        var (alice, bob, _, _) = await CallTests.Connected(world);

        alice.Drop();

        Assert.Equal(CallEnd.PartyLost, (await bob.Call(call => call.Phase == CallPhase.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0 && world.Journal.All.Single().Ended);
        Assert.All(world.Journal.All.Single().History, entry => Assert.Equal(CallEnd.PartyLost, entry.End));
    }

    [Fact]
    public async Task For_media_that_never_comes_the_other_side_hears_music_and_the_call_ends_for_that_reason()
    {
        await using var world = await WebWorld.Start(
            new SessionEdgeOptions { RingAcknowledgement = Never, MediaTime = TimeSpan.FromMilliseconds(200), AwayAfter = TimeSpan.FromMilliseconds(50), ReconnectTime = TimeSpan.FromSeconds(3) });
        var (alice, bob, _, _) = await CallTests.Connected(world);
        world.Media.Of(bob.Offer()).Listener.OnMediaBack();

        await Eventually.True(() => world.Media.Told.Contains("play 2 HoldMusic"));
        Assert.Equal(CallEnd.NoMediaPath, (await bob.Call(call => call.Phase == CallPhase.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0 && world.Journal.All.Single().Ended);
        Assert.All(world.Journal.All.Single().History, entry => Assert.Equal(CallEnd.NoMediaPath, entry.End));
    }

    [Fact]
    public async Task Media_that_comes_late_brings_the_call_back()
    {
        await using var world = await WebWorld.Start(new SessionEdgeOptions { RingAcknowledgement = Never, MediaTime = TimeSpan.FromMilliseconds(200), AwayAfter = TimeSpan.FromMilliseconds(50), ReconnectTime = Never });
        var (alice, bob, _, _) = await CallTests.Connected(world);
        world.Media.Of(bob.Offer()).Listener.OnMediaBack();
        await Eventually.True(() => world.Media.Told.Contains("play 2 HoldMusic"));

        world.Media.Of(alice.Offer()).Listener.OnMediaBack();

        await Eventually.True(() => world.Media.Told.Last(told => told is "play 2 HoldMusic" or "connect 1 2") == "connect 1 2");
    }

    [Fact]
    public async Task Consent_that_never_came_ends_the_call_for_want_of_a_path_and_one_that_stops_does_not()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob, _, _) = await CallTests.Connected(world);
        world.Media.Of(alice.Offer()).Listener.OnMediaTimeout();
        Assert.Equal(CallEnd.NoMediaPath, (await bob.Call(call => call.Phase == CallPhase.Ended)).End);

        var (leg, offer) = (Browser.NewId(), Browser.NewOffer());
        await alice.Dial(leg, "102", offer);
        await bob.Hub.Ask<OfferResult>("Answer", (await bob.Rung()).Leg, Browser.NewOffer());
        await bob.Call(call => call.Phase == CallPhase.Connected);
        var listener = world.Media.Of(offer).Listener;
        listener.OnMediaLost();
        await bob.Call(call => call is { Phase: CallPhase.Connected, PeerAway: true });
        listener.OnMediaBack();
        await bob.Call(call => call is { Phase: CallPhase.Connected, PeerAway: false });
        listener.OnMediaTimeout();
        Assert.Equal(CallEnd.MediaTimeout, (await bob.Call(call => call is { Phase: CallPhase.Ended, End: not CallEnd.NoMediaPath })).End);
    }

    [Fact]
    public async Task A_call_on_hold_survives_a_reload_and_stays_on_hold()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob, leg, _) = await CallTests.Connected(world);
        await alice.Hub.Do("Hold", leg);
        await bob.Call(call => call.HeldByPeer);

        alice.Drop();
        await bob.Call(call => call is { PeerAway: true, HeldByPeer: true });
        await alice.Connect();
        Assert.True(Assert.Single(alice.Shown.Calls).Held);
        await alice.Hub.Ask<OfferResult>("Reconnect", leg, alice.Reload());

        await bob.Call(call => call is { PeerAway: false, HeldByPeer: true });
        await alice.Hub.Do("Resume", leg);
        await bob.Call(call => !call.HeldByPeer);
    }

    [Fact]
    public async Task A_ringing_call_survives_a_reload_of_the_browser_that_rings()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        var ring = await bob.Rung();
        await alice.Call(call => call.Phase == CallPhase.Ringing);

        bob.Drop();
        await bob.Connect();
        var found = Assert.Single(bob.Shown.Calls);

        Assert.Equal((ring.Leg, true, CallPhase.Ringing), (found.Leg, found.Here, found.Phase));
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, Browser.NewOffer())).Ok);
        await alice.Call(call => call.Phase == CallPhase.Connected);
    }

    [Fact]
    public async Task A_call_that_is_answered_while_its_caller_reloads_waits_with_music()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var leg = Browser.NewId();
        await alice.Dial(leg, "102", alice.Offer());
        var ring = await bob.Rung();

        alice.Drop();
        await bob.Call(call => call.PeerAway);
        await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer());
        await bob.Call(call => call is { Phase: CallPhase.Connected, PeerAway: true });
        await alice.Connect();
        await alice.Hub.Ask<OfferResult>("Reconnect", leg, alice.Reload());

        await bob.Call(call => !call.PeerAway);
        await Eventually.True(() => world.Media.Told.Contains("connect 1 2"));
    }

    [Trait("Feature", "N12")]
    [Fact]
    public async Task A_browser_that_is_gone_cannot_be_called_and_one_that_only_reloads_can()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        Assert.Single((await world.User("102").GetView()).Devices);

        bob.Drop();
        await Eventually.True(async () => (await world.User("102").GetView()).Devices.IsEmpty);
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        Assert.Equal(CallEnd.Unreachable, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        await bob.Connect();

        Assert.Single((await world.User("102").GetView()).Devices);
        Assert.True(bob.Shown.Phone.Reachable);
    }

    [Trait("Feature", "P11")]
    [Fact]
    public async Task One_tab_holds_the_phone_and_another_takes_it_over_with_the_call()
    {
        await using var world = await WebWorld.Start(Patient);
        var (alice, bob, leg, _) = await CallTests.Connected(world);
        var second = await world.Open(alice.Client, alice.Session);

        Assert.False(second.Shown.HoldsPhone);
        Assert.Equal(alice.Tab, second.Shown.Phone.TabId);
        Assert.Equal(leg, Assert.Single(second.Shown.Calls).Leg);
        Assert.Equal(OfferRefusal.NotHolder, (await second.Hub.Ask<OfferResult>("Reconnect", leg, Browser.NewOffer())).Refusal);
        Assert.True(await second.Hub.Ask<bool>("TakePhone"));
        Assert.Equal(second.Tab, (await alice.Hub.Next<PhoneHolder>("PhoneTaken", phone => phone.TabId != alice.Tab)).TabId);
        Assert.True((await second.Hub.Ask<OfferResult>("Reconnect", leg, Browser.NewOffer())).Ok);
        Assert.Equal(OfferRefusal.NotHolder, (await alice.Dial(Browser.NewId(), "103", Browser.NewOffer())).Refusal);

        Assert.Single((await world.User("101").GetView()).Devices);
        await second.Hub.Do("HangUp", leg);
        await bob.Call(call => call.Phase == CallPhase.Ended);
    }

    [Fact]
    public async Task A_phone_that_is_released_cannot_be_rung_until_a_tab_takes_it()
    {
        await using var world = await WebWorld.Start(Patient);
        var bob = await world.Open("102");

        await bob.Hub.Do("ReleasePhone");
        await Eventually.True(async () => (await world.User("102").GetView()).Devices.IsEmpty);

        Assert.True(await bob.Hub.Ask<bool>("TakePhone"));
        Assert.Single((await world.User("102").GetView()).Devices);
    }
}
