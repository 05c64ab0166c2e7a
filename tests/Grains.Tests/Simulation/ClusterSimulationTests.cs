using Orleans.Simulation;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Random calls across three silos that die, stand still and come back, with messages between them late and lost.</summary>
public class ClusterSimulationTests(ITestOutputHelper output)
{
    private const int CallsInCI = 2_100;

    private readonly RandomRuns _runs = new(World, output);

    [Fact]
    public void Random_calls_across_silos_keep_the_invariants_whatever_dies()
    {
        if (_runs.Run(CallsInCI)) _runs.Met(kind => kind is StepKind.RequestLost or >= StepKind.SiloKilled);
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
        Assert.True(world.Media.Joined > 0, "no link was prepared while a phone rang");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(_runs.Trace(6), _runs.Trace(6));
        Assert.NotEqual(_runs.Trace(6), _runs.Trace(13));
    }

    private static SimWorld World(int seed) =>
        new(seed, Faults.OfClusters(seed), nameof(ClusterSimulationTests), nameof(Random_calls_across_silos_keep_the_invariants_whatever_dies));
}
