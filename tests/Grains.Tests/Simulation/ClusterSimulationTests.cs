using System.Diagnostics;
using System.Globalization;
using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// Random calls across three silos that die, stand still and come back, with messages between them late and lost.
/// <c>WEBPHONE_SIM_CALLS</c> sets how many calls, <c>WEBPHONE_SIM_FROM</c> the first seed, <c>WEBPHONE_SEED</c> replays one run; a failure says how.
/// </summary>
public class ClusterSimulationTests(ITestOutputHelper output)
{
    private const int CallsOfRun = 30;
    private const int CallsInCI = 2_100;

    private readonly Dictionary<CallEnd, int> _results = [];
    private readonly Dictionary<StepKind, long> _kinds = [];
    private long _started;
    private long _steps;

    [Fact]
    public void Random_calls_across_silos_keep_the_invariants_whatever_dies()
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
        Assert.All(
            Enum.GetValues<StepKind>().Where(kind => kind is StepKind.RequestLost or >= StepKind.SiloKilled),
            kind => Assert.True(_kinds.GetValueOrDefault(kind) > 0, $"nothing was {kind}"));
    }

    [Fact]
    public void A_call_across_silos_costs_few_messages_between_them()
    {
        // Without faults: every seventh seed.
        using var world = World(7);
        world.Run(100);
        var between = world.Cluster.CallsBetweenSilos;
        foreach (var (what, count) in between.OrderByDescending(pair => pair.Value)) output.WriteLine($"{(double)count / world.Calls.Count,6:F2} a call of {what}");
        var calls = between.Where(pair => pair.Key.Contains("ICallGrain", StringComparison.Ordinal) || pair.Key.Contains("IEdge", StringComparison.Ordinal)
            || pair.Key.Contains("IMediaNode", StringComparison.Ordinal) || pair.Key.Contains("IUserGrain", StringComparison.Ordinal)).Sum(pair => pair.Value);
        output.WriteLine($"{(double)calls / world.Calls.Count:F1} messages between silos a call, of {between.Values.Sum()} in all for {world.Calls.Count} calls");
        Assert.InRange((double)calls / world.Calls.Count, 1, 12);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Trace(6), Trace(6));
        Assert.NotEqual(Trace(6), Trace(13));
    }

    private void Run(int seed)
    {
        using var world = World(seed);
        world.Run(CallsOfRun);
        _started += world.Calls.Count;
        _steps += world.Cluster.Steps;
        foreach (var entry in world.Journal.History) _results[entry.End] = _results.GetValueOrDefault(entry.End) + 1;
        foreach (var kind in Enum.GetValues<StepKind>()) _kinds[kind] = _kinds.GetValueOrDefault(kind) + world.Cluster.Count(kind);
    }

    private static ulong Trace(int seed)
    {
        using var world = World(seed);
        world.Run(CallsOfRun);
        return world.Cluster.Trace;
    }

    private static SimWorld World(int seed) =>
        new(seed, Faults.OfClusters(seed), nameof(ClusterSimulationTests), nameof(Random_calls_across_silos_keep_the_invariants_whatever_dies));
}
