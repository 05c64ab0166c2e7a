using System.Runtime.CompilerServices;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// Failure mode 6, and whatever else may die: 101 has called 102, who has called 103 and moves the two. At every step of that, one after the other, a grain
/// is taken from memory or a silo is killed. In the end each of those whose phone is left talks to somebody, waits for one who holds them, or was told that
/// the call is over; nothing is left behind, and the history is closed.
/// </summary>
public class MoveDeathTests(ITestOutputHelper output)
{
    private static readonly Death[] Deaths = [Death.FirstGrain, Death.SecondGrain, Death.FirstSilo, Death.SecondSilo, Death.ThirdSilo];

    [Trait("Feature", "Failure-6")]
    [Fact]
    public void N6_Whatever_dies_at_whichever_step_of_an_attended_transfer_the_caller_talks_to_somebody_or_was_told() => AtEveryStep(MoveKind.Send);

    [Fact]
    public void CNF_01_Whatever_dies_at_whichever_step_of_a_merge_the_caller_talks_to_somebody_or_was_told() => AtEveryStep(MoveKind.Merge);

    private void AtEveryStep(MoveKind kind, [CallerMemberName] string test = "") => new DeathLoop(output, nameof(MoveDeathTests)).Play(test, Scene.AnswersAtOnce, Deaths, async (world, watch) =>
    {
        var nodes = world.Nodes.ToArray();
        var caller = await world.Dial(nodes[0], "101", "102");
        await Scene.Until(world, () => caller.State == SimLegState.Answered);
        var asked = world.LiveLegs.Single(leg => leg.Extension == "102");
        asked.ToggleHold();
        var asks = await world.Dial(nodes[1], "102", "103");
        await Scene.Until(world, () => asks.State == SimLegState.Answered);
        var target = world.LiveLegs.Single(leg => leg.Extension == "103");
        var (first, second) = (caller.CallKey, asks.CallKey);

        asked.Send(new TransferRequest(kind == MoveKind.Send ? "a1" : "m1", asked.Id, "", new Consultation(asks.CallKey, asks.Id), kind));
        watch.Begin(() => !world.HeardOfOutcome, () => world.CallOf(first), () => world.CallOf(second));
        await world.Delay(Scene.Patience);
        watch.End();
        foreach (var leg in new[] { caller, target, asked, asks }.Where(leg => leg.IsAlive)) Scene.IsNotLeftAlone(world, leg);
        world.Demand(watch.Death != Death.None || Scene.HearEachOther(world, caller, target), "nothing died, and the two do not hear each other");
    });
}
