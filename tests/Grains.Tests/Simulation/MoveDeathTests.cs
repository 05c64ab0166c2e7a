using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Orleans.Simulation;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// Failure mode 6, and whatever else may die: 101 has called 102, who has called 103 and moves the two. At every step of that, one after the other, a grain
/// is taken from memory or a silo is killed. In the end each of those whose phone is left talks to somebody, waits for one who holds them, or was told that
/// the call is over; nothing is left behind, and the history is closed.
/// </summary>
public class MoveDeathTests(ITestOutputHelper output)
{
    /// <summary>Longer than other silos need to notice, to bring calls back, and to try a move again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private enum Death
    {
        None,
        FirstCall,
        SecondCall,
        SiloOfCaller,
        SiloOfMover,
        SiloOfTarget,
    }

    [Trait("Feature", "Failure-6")]
    [Fact]
    public void N6_Whatever_dies_at_whichever_step_of_an_attended_transfer_the_caller_talks_to_somebody_or_was_told() => AtEveryStep(MoveKind.Send);

    [Fact]
    public void CNF_01_Whatever_dies_at_whichever_step_of_a_merge_the_caller_talks_to_somebody_or_was_told() => AtEveryStep(MoveKind.Merge);

    private void AtEveryStep(MoveKind kind, [CallerMemberName] string test = "")
    {
        var steps = Play(test, kind, Death.None, int.MaxValue);
        output.WriteLine($"{steps} steps, each with {Enum.GetValues<Death>().Length - 1} deaths");
        Assert.InRange(steps, 10, 400);
        foreach (var death in Enum.GetValues<Death>().Where(death => death != Death.None))
        {
            for (var step = 0; step <= steps; step++)
            {
                try
                {
                    Play(test, kind, death, step);
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"{death} after step {step}: {error.Message}", error);
                }
            }
        }
    }

    /// <summary>How many steps it took until who moves the two was told of the outcome.</summary>
    private static int Play(string test, MoveKind kind, Death death, int at)
    {
        using var world = new SimWorld(1, Faults.OfAScene, nameof(MoveDeathTests), test) { Rung = AnswersAtOnce };
        var (steps, began, over) = (0, false, false);
        var fate = () => true;
        var check = world.Cluster.AfterStep!;
        world.Cluster.AfterStep = step =>
        {
            check(step);
            if (!began) return;
            if (!over && steps >= at) over = fate();
            if (!world.Transfers.Keys.Any(what => what.Contains("Done", StringComparison.Ordinal) || what.Contains("Failed", StringComparison.Ordinal))) steps++;
        };
        world.Play(async () =>
        {
            var nodes = world.Nodes.ToArray();
            var caller = await world.Dial(nodes[0], "101", "102");
            await Until(world, () => caller.State == SimLegState.Answered);
            var asked = world.LiveLegs.Single(leg => leg.Extension == "102");
            asked.ToggleHold();
            var asks = await world.Dial(nodes[1], "102", "103");
            await Until(world, () => asks.State == SimLegState.Answered);
            var target = world.LiveLegs.Single(leg => leg.Extension == "103");
            var (first, second) = (caller.CallKey, asks.CallKey);
            fate = death switch
            {
                Death.FirstCall => () => world.Cluster.Deactivate(((GrainReference)world.CallOf(first)).GrainId),
                Death.SecondCall => () => world.Cluster.Deactivate(((GrainReference)world.CallOf(second)).GrainId),
                Death.SiloOfCaller => () => Kill(nodes[0].Silo),
                Death.SiloOfMover => () => Kill(nodes[1].Silo),
                Death.SiloOfTarget => () => Kill(nodes[2].Silo),
                _ => () => true,
            };
            asked.Send(new TransferRequest(kind == MoveKind.Send ? "a1" : "m1", asked.Id, "", new Consultation(asks.CallKey, asks.Id), kind));
            began = true;
            await world.Delay(Patience);
            began = false;
            foreach (var leg in new[] { caller, target, asked, asks }.Where(leg => leg.IsAlive)) IsNotLeftAlone(world, leg);
            world.Demand(death != Death.None || (caller.IsAlive && target.IsAlive && Hears(world, caller, target)), "nothing died, and the two do not hear each other");
            foreach (var leg in world.LiveLegs.ToArray()) leg.Leave(CallEnd.Completed);
            foreach (var silo in world.Cluster.Silos.Where(silo => silo.State == SimulatedSiloState.Dead)) silo.Restart();
        });
        return steps;
    }

    private static async Task AnswersAtOnce(SimLeg leg)
    {
        await leg.Node.Delay(TimeSpan.FromSeconds(1));
        leg.Answer();
        await leg.Beat();
    }

    private static bool Kill(SimulatedSilo silo)
    {
        silo.Kill();
        return true;
    }

    private static void IsNotLeftAlone(SimWorld world, SimLeg leg)
    {
        var hears = world.Media.Of(leg.Endpoint);
        var others = world.LiveLegs.Where(other => other != leg).ToArray();
        var isHeld = others.Any(other => other.Holding && other.CallKey == leg.CallKey) && hears?.Source?.Kind == MediaSourceKind.HoldMusic;
        world.Demand(
            leg.Holding || isHeld || hears?.Mix is not null || others.Any(other => hears?.Other == other.Endpoint),
            $"{leg.Id} of {leg.Extension} in {leg.CallKey} ({world.Journal.Find(leg.CallKey)?.Stage}) hears {hears}, and nobody is there: {string.Join(", ", others.Select(other => $"{other.Id} of {other.Extension} in {other.CallKey}, holds: {other.Holding}"))}");
    }

    private static bool Hears(SimWorld world, SimLeg one, SimLeg other) =>
        world.Media.Of(one.Endpoint) is { } hears && (hears.Other == other.Endpoint || (hears.Mix is { } mix && mix == world.Media.Of(other.Endpoint)?.Mix));

    private static async Task Until(SimWorld world, Func<bool> holds)
    {
        for (var i = 0; i < 100 && !holds(); i++) await world.Delay(TimeSpan.FromSeconds(0.1));
        world.Demand(holds(), "the scene does not begin");
    }
}
