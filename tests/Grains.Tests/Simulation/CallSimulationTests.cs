using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Random calls in a simulated company, with everything that can go wrong going wrong.</summary>
public class CallSimulationTests(ITestOutputHelper output)
{
    private const int CallsInCI = 3_000;

    private static readonly CallEnd[] Expected =
    [
        CallEnd.Completed, CallEnd.Cancelled, CallEnd.NoAnswer, CallEnd.Busy, CallEnd.Declined, CallEnd.DoNotDisturb, CallEnd.Unreachable, CallEnd.NotFound,
        CallEnd.NoCommonMedia, CallEnd.MediaTimeout, CallEnd.SessionExpired, CallEnd.EdgeLost, CallEnd.ServerStopped, CallEnd.Interrupted, CallEnd.Failed,
    ];

    private static readonly string[] ExpectedTransfers = ["blind Trying", "blind Done", "blind Failed", "attended Trying", "attended Done", "blind Done into a room", "blind Done into a slot", "merge Done into a room", "switch Done", "switch Failed", "hold recall", "called in", "invitation Trying", "invitation Done into a room", "invitation Failed", "taken back", "recording"];

    private readonly RandomRuns _runs = new(
        seed => new SimWorld(seed, Faults.Of(seed), nameof(CallSimulationTests), nameof(Random_calls_keep_the_invariants_whatever_goes_wrong)), output);

    [Fact]
    public void Random_calls_keep_the_invariants_whatever_goes_wrong()
    {
        if (!_runs.Run(CallsInCI)) return;
        _runs.CameTo(Expected, ExpectedTransfers);
        _runs.Met(kind => kind < StepKind.SiloKilled && kind != StepKind.ObserverKilled);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(_runs.Trace(6), _runs.Trace(6));
        Assert.NotEqual(_runs.Trace(6), _runs.Trace(7));
    }
}
