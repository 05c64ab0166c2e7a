using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

public class PickupTests
{
    /// <summary>A phone that rings is heard before its user is told of the call. Here the call itself comes a moment late, which is the same for who picks up.</summary>
    [Trait("Feature", "P20")]
    [Fact]
    public void P20_Who_is_quick_to_pick_up_gets_a_call_that_its_user_is_told_of_a_moment_later()
    {
        using var world = new SimWorld(1, Faults.OfAScene, nameof(PickupTests), nameof(P20_Who_is_quick_to_pick_up_gets_a_call_that_its_user_is_told_of_a_moment_later))
        {
            Rung = static async leg =>
            {
                leg.Rings();
                await leg.Beat();
            },
        };
        world.Play(async () =>
        {
            var nodes = world.Nodes.ToArray();
            var takes = await world.Dial(nodes[2], "103", "**102");
            await world.Delay(TimeSpan.FromSeconds(0.1));
            var caller = await world.Dial(nodes[0], "101", "102");
            await Scene.Until(world, () => Scene.HearEachOther(world, caller, takes));
            foreach (var leg in world.LiveLegs.ToArray()) leg.Leave(CallEnd.Completed);
        });
    }
}
