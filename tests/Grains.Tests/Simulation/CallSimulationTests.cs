using System.Diagnostics;
using System.Globalization;
using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// Random calls in a simulated company, with everything that can go wrong going wrong. <c>WEBPHONE_SIM_CALLS</c> sets how many calls, <c>WEBPHONE_SIM_FROM</c> the first seed,
/// <c>WEBPHONE_SEED</c> replays one run; a failure says how.
/// </summary>
public class CallSimulationTests(ITestOutputHelper output)
{
    private const int CallsOfRun = 30;
    private const int CallsInCI = 3_000;

    /// <summary>What random calls must come to, or they are not random enough.</summary>
    private static readonly CallEnd[] Expected =
    [
        CallEnd.Completed, CallEnd.Cancelled, CallEnd.NoAnswer, CallEnd.Busy, CallEnd.Declined, CallEnd.DoNotDisturb, CallEnd.Unreachable, CallEnd.NotFound,
        CallEnd.NoCommonMedia, CallEnd.MediaTimeout, CallEnd.SessionExpired, CallEnd.EdgeLost, CallEnd.ServerStopped, CallEnd.Interrupted, CallEnd.Failed,
    ];

    private static readonly string[] ExpectedTransfers = ["blind Trying", "blind Done", "blind Failed", "attended Trying", "attended Done", "blind Done into a room", "blind Done into a slot", "merge Done into a room", "switch Done", "switch Failed", "hold recall", "called in", "invitation Trying", "invitation Done into a room", "invitation Failed", "taken back", "recording"];

    private readonly Dictionary<string, int> _transfers = [];
    private readonly Dictionary<CallEnd, int> _results = [];
    private readonly Dictionary<StepKind, long> _kinds = [];
    private long _started;
    private long _steps;

    [Fact]
    public void Random_calls_keep_the_invariants_whatever_goes_wrong()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(SimulationOptions.SeedVariable), CultureInfo.InvariantCulture, out var replayed))
        {
            Run(replayed);
            return;
        }

        var calls = int.TryParse(Environment.GetEnvironmentVariable("WEBPHONE_SIM_CALLS"), CultureInfo.InvariantCulture, out var asked) ? asked : CallsInCI;
        var clock = Stopwatch.StartNew();
        var first = int.TryParse(Environment.GetEnvironmentVariable("WEBPHONE_SIM_FROM"), CultureInfo.InvariantCulture, out var from) ? from : 1;
        foreach (var seed in Enumerable.Range(first, (calls + CallsOfRun - 1) / CallsOfRun)) Run(seed);
        var fresh = System.Random.Shared.Next();
        output.WriteLine($"fresh seed {fresh}");
        Run(fresh);
        output.WriteLine($"{_started} calls started in {_steps} steps, {clock.Elapsed.TotalSeconds:F0} s");
        output.WriteLine("results of users' entries: " + string.Join(", ", _results.OrderByDescending(result => result.Value).Select(result => $"{result.Value} {result.Key}")));
        output.WriteLine("steps: " + string.Join(", ", _kinds.Select(kind => $"{kind.Value} {kind.Key}")));
        output.WriteLine("transfers: " + string.Join(", ", _transfers.Select(transfer => $"{transfer.Value} {transfer.Key}")));
        Assert.All(ExpectedTransfers, what => Assert.True(_transfers.ContainsKey(what), $"no transfer was {what}"));
        Assert.All(Expected, end => Assert.True(_results.ContainsKey(end), $"no call came to {end}"));
        Assert.All(Enum.GetValues<StepKind>().Where(kind => kind < StepKind.SiloKilled && kind != StepKind.ObserverKilled), kind => Assert.True(_kinds.GetValueOrDefault(kind) > 0, $"nothing was {kind}"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Trace(6), Trace(6));
        Assert.NotEqual(Trace(6), Trace(7));
    }

    private void Run(int seed)
    {
        using var world = new SimWorld(seed, Faults.Of(seed), nameof(CallSimulationTests), nameof(Random_calls_keep_the_invariants_whatever_goes_wrong));
        world.Run(CallsOfRun);
        _started += world.Calls.Count;
        _steps += world.Cluster.Steps;
        foreach (var (what, count) in world.Transfers) _transfers[what] = _transfers.GetValueOrDefault(what) + count;
        foreach (var entry in world.Journal.History) _results[entry.End] = _results.GetValueOrDefault(entry.End) + 1;
        foreach (var kind in Enum.GetValues<StepKind>()) _kinds[kind] = _kinds.GetValueOrDefault(kind) + world.Cluster.Count(kind);
    }

    private static ulong Trace(int seed)
    {
        using var world = new SimWorld(seed, Faults.Of(seed), nameof(CallSimulationTests), nameof(Random_calls_keep_the_invariants_whatever_goes_wrong));
        world.Run(CallsOfRun);
        return world.Cluster.Trace;
    }
}
