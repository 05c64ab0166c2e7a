using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>101 has called 102, who goes on in another browser.</summary>
public class SwitchTests
{
    [Fact]
    public async Task CTL_10_The_call_goes_on_at_the_device_that_was_chosen_and_the_other_side_notices_nothing()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var laptop = await world.Open("102");
        var device = (await bob.Hub.Next<Me>("MeChanged", me => me.Devices.Length == 2)).Devices.Single(other => other.SessionId == laptop.Session);

        await bob.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Switch, device.Id, null));
        var ring = await laptop.Rung();
        Assert.Equal("101", ring.Caller.Number);
        var shown = await laptop.Call(call => call.Leg == ring.Leg);
        Assert.Equal((CallPhase.Ringing, true, CallDirection.Inbound), (shown.Phase, shown.Here, shown.Direction));
        Assert.True((await laptop.Hub.Ask<OfferResult>("Answer", ring.Leg, laptop.Offer())).Ok);

        Assert.Equal(TransferPhase.Done, (await bob.Transfer(told => told.Phase != TransferPhase.Trying)).Phase);
        Assert.Equal("101", (await laptop.Call(call => call is { Here: true, Phase: CallPhase.Connected } && call.Leg == ring.Leg)).Peer.Number);
        Assert.False((await bob.Call(call => call is { Here: false, Phase: CallPhase.Connected })).Held);
        await Eventually.True(() => world.Edge.Legs == 2 && world.Media.Told.Contains("connect 1 3"));
        Assert.DoesNotContain(world.Media.Told, told => told.StartsWith("music 1", StringComparison.Ordinal));
        await alice.Hub.Do("HangUp", aliceLeg);
        await laptop.Call(call => call.Phase == CallPhase.Ended);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
    }

    [Theory]
    [InlineData(true, CallEnd.Declined)]
    [InlineData(false, CallEnd.Unreachable)]
    public async Task CTL_10_A_device_that_declines_or_is_not_there_leaves_the_call_where_it_is_and_says_why(bool rings, CallEnd reason)
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        var target = "nobody";
        var laptop = rings ? await world.Open("102") : null;
        if (laptop is not null)
            target = (await bob.Hub.Next<Me>("MeChanged", me => me.Devices.Length == 2)).Devices.Single(other => other.SessionId == laptop.Session).Id;

        await bob.Hub.Do("Transfer", new TransferOrder(Browser.NewId(), bobLeg, MoveKind.Switch, target, null));
        if (laptop is not null)
            await laptop.Hub.Do("Decline", (await laptop.Rung()).Leg);

        Assert.Equal(reason, (await bob.Transfer(told => told.Phase == TransferPhase.Failed)).Reason);
        await bob.Hub.Do("Hold", bobLeg);
        await alice.Call(call => call.HeldByPeer);
        await alice.Hub.Do("HangUp", aliceLeg);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
    }
}
