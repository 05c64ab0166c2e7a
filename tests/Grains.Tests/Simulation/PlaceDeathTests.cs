using Webphone.Grains.Calls;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;
using Webphone.Grains.Tests.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// As <see cref="MoveDeathTests"/>, for what goes on in rooms and slots and by pickup: at every step a grain (of a call, a user, the room, the slots) is taken
/// from memory or a silo is killed, and in the end nobody is left alone who was not told.
/// </summary>
public class PlaceDeathTests(ITestOutputHelper output)
{
    private const string Room = "99950";
    private const string Slot = "701";

    private static readonly Death[] Deaths = [Death.FirstGrain, Death.SecondGrain, Death.ThirdGrain, Death.FirstSilo, Death.SecondSilo, Death.ThirdSilo];

    private DeathLoop Loop => new(output, nameof(PlaceDeathTests));

    [Trait("Feature", "Failure-14")]
    [Fact]
    public void CTL_08_Whatever_dies_at_whichever_step_of_calling_somebody_into_a_room_those_who_are_in_hear_each_other() => Loop.Play(
        nameof(CTL_08_Whatever_dies_at_whichever_step_of_calling_somebody_into_a_room_those_who_are_in_hear_each_other), Scene.AnswersAtOnce, Deaths, async (world, watch) =>
        {
            var nodes = world.Nodes.ToArray();
            var (host, member) = (await world.Dial(nodes[0], "101", Room), await world.Dial(nodes[1], "102", Room));
            await Scene.Until(world, () => Scene.HearEachOther(world, host, member));

            host.Send(new TransferRequest("i1", host.Id, "103", null));
            watch.Begin(
                () => !world.HeardOfOutcome,
                () => world.CallOf(host.CallKey),
                () => Scene.LegOf(world, "103") is { } guest ? world.CallOf(guest.CallKey) : null,
                () => world.Cluster.Grains.GetGrain<IRoomGrain>(UserKey.Of(FakeDirectory.Tenant, Room)));
            await world.Delay(Scene.Patience);
            watch.End();

            var here = world.LiveLegs.ToArray();
            world.Demand(watch.Death != Death.None || here.Length == 3, "nothing died, and the third is not in the room");
            foreach (var leg in here) world.Demand(here.All(other => Scene.Hears(world, leg, other)), $"{leg.Extension} hears {world.Media.Of(leg.Endpoint)} and not all of the {here.Length} who are in");
        });

    [Trait("Feature", "PRK-04")]
    [Fact]
    public void PRK_04_Whatever_dies_at_whichever_step_of_parking_and_ringing_back_the_caller_waits_in_the_slot_talks_or_was_told() => Loop.Play(
        nameof(PRK_04_Whatever_dies_at_whichever_step_of_parking_and_ringing_back_the_caller_waits_in_the_slot_talks_or_was_told), Scene.AnswersAtOnce, Deaths, async (world, watch) =>
        {
            var nodes = world.Nodes.ToArray();
            var slots = world.Cluster.Grains.GetGrain<ITenantSlotsGrain>(FakeDirectory.Tenant);
            var caller = await world.Dial(nodes[0], "101", "102");
            await Scene.Until(world, () => caller.State == SimLegState.Answered);
            var parks = world.LiveLegs.Single(leg => leg.Extension == "102");
            var key = caller.CallKey;

            parks.Send(new TransferRequest("b1", parks.Id, Slot, null));
            watch.Begin(Counts, () => world.CallOf(key), () => world.UserOf(UserKey.Of(FakeDirectory.Tenant, "102")), () => slots);
            await world.Delay(TenantFeatures.Default.ParkTime + Scene.Patience);
            watch.End();

            foreach (var leg in world.LiveLegs) Scene.IsNotLeftAlone(world, leg);
            if (world.Journal.Find(key) is { Stage: CallStage.Parked })
                world.Demand((await slots.Find(Slot))?.CallKey == key, "the caller waits in a slot that does not know of them");
            world.Demand(watch.Death != Death.None || (Scene.LegOf(world, "102") is { } back && Scene.HearEachOther(world, caller, back)), "nothing died, and who has parked the caller is not back with them");

            // Between the two nothing happens but that time passes.
            bool Counts() => !world.HeardOfOutcome || (world.Journal.Find(key) is { Slot: not null, Stage: not CallStage.Parked });
        });

    [Trait("Feature", "P20")]
    [Fact]
    public void P20_Whatever_dies_at_whichever_step_of_a_pickup_the_caller_talks_to_somebody_or_was_told() => Loop.Play(
        nameof(P20_Whatever_dies_at_whichever_step_of_a_pickup_the_caller_talks_to_somebody_or_was_told), Rings, [.. Deaths.Except([Death.ThirdGrain])], async (world, watch) =>
        {
            var nodes = world.Nodes.ToArray();
            var caller = await world.Dial(nodes[0], "101", "102");
            await Scene.Until(world, () => Scene.LegOf(world, "102") is { State: SimLegState.Ringing });
            var first = caller.CallKey;
            SimLeg? takes = null;
            watch.Begin(() => takes is null || !Scene.HearEachOther(world, caller, takes), () => world.CallOf(first), () => takes is null ? null : world.CallOf(takes.CallKey));
            takes = await world.Dial(nodes[2], "103", "**102");
            await world.Delay(Scene.Patience);
            watch.End();

            foreach (var leg in world.LiveLegs) Scene.IsNotLeftAlone(world, leg);
            world.Demand(watch.Death != Death.None || Scene.HearEachOther(world, caller, takes), "nothing died, and who has picked up does not talk to the caller");
        });

    private static async Task Rings(SimLeg leg)
    {
        await leg.Node.Delay(TimeSpan.FromSeconds(0.5));
        leg.Rings();
        await leg.Beat();
    }
}
