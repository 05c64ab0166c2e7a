using Webphone.Grains.Calls;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What people do with their phones.</summary>
internal static class SimPerson
{
    private static readonly double[] Pauses = [0, 0, 0.001, 1, 2, 5, 12, 29.9, 30, 31];

    /// <summary>A phone is asked to ring.</summary>
    public static async Task IsRung(SimWorld world, SimLeg leg)
    {
        _ = world.Start(leg.Beat);
        // Some phones are there and say nothing.
        if (world.Chance(0.07)) return;
        await leg.Node.Delay(TimeSpan.FromSeconds(world.Chance(0.5) ? 0 : 0.4));
        if (world.Chance(0.08))
        {
            leg.Leave(world.Pick(CallEnd.Busy, CallEnd.Busy, CallEnd.Failed, CallEnd.NoCommonMedia, CallEnd.Unreachable, CallEnd.NoAnswer, CallEnd.NotFound));
            return;
        }

        if (!world.Chance(0.05)) leg.Rings();
        if (world.Chance(0.2)) return;
        await leg.Node.Delay(Pause(world));
        if (world.Chance(0.15)) leg.Leave(world.Pick(CallEnd.Declined, CallEnd.Busy));
        else leg.Answer();
        if (leg.State == SimLegState.Answered) await Talks(world, leg);
    }

    /// <summary>A phone has dialled; its call was taken.</summary>
    public static async Task Calls(SimWorld world, SimLeg leg)
    {
        _ = world.Start(leg.Beat);
        var patience = world.Now + (world.Chance(0.3) ? Pause(world) : TimeSpan.FromSeconds(90));
        while (leg.State == SimLegState.Waiting && world.Now < patience) await leg.Node.Delay(TimeSpan.FromSeconds(0.5));
        if (leg.State == SimLegState.Waiting) leg.Leave(CallEnd.Cancelled);
        else if (leg.IsAlive) await Talks(world, leg);
    }

    private static async Task Talks(SimWorld world, SimLeg leg)
    {
        var enough = world.Now + TimeSpan.FromSeconds(world.Cluster.Random.Next(150));
        while (leg.IsAlive)
        {
            await leg.Node.Delay(TimeSpan.FromSeconds(world.Cluster.Random.Next(1, 12)));
            var mood = world.Now > enough ? 0 : world.Cluster.Random.NextDouble();
            if (mood < 0.15) leg.Leave(CallEnd.Completed);
            else if (mood < 0.45) leg.ToggleHold();
            else if (mood < 0.5) leg.Press('#');
            else if (mood < 0.52) await Dies(world, leg);
            // Outside they have a phone and no more.
            else if (leg.Extension.Length == 0) leg.Press(world.Pick('*', '3', '#'));
            else if (mood < 0.59) world.Transfer(leg);
            else if (mood < 0.63) world.Switch(leg);
            else if (mood < 0.75) await world.Invite(leg);
            else if (mood < 0.82) leg.Record(world.Pick(RecordingAct.Start, RecordingAct.Start, RecordingAct.Stop, RecordingAct.Pause, RecordingAct.Resume), byKeys: world.Chance(0.3));
        }
    }

    /// <summary>The phone loses its power; the edge finds that no media comes.</summary>
    private static async Task Dies(SimWorld world, SimLeg leg)
    {
        await leg.Node.Delay(TimeSpan.FromSeconds(20));
        leg.Leave(world.Pick(CallEnd.MediaTimeout, CallEnd.SessionExpired));
    }

    private static TimeSpan Pause(SimWorld world) => TimeSpan.FromSeconds(Pauses[world.Cluster.Random.Next(Pauses.Length)]);
}
