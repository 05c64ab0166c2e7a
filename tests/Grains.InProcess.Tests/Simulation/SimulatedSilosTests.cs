using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Simulation;

namespace Webphone.Grains.InProcess.Tests.Simulation;

/// <summary>Tells where it is.</summary>
public interface IPlaceGrain : IGrainWithStringKey
{
    Task<string> Where();

    Task<string> Ask(IPlaceGrain other);
}

public sealed class SpreadPlaceGrain(SimulatedSilo? silo = null) : Grain, IPlaceGrain
{
    public Task<string> Where() => Task.FromResult(silo!.Name);

    public Task<string> Ask(IPlaceGrain other) => other.Where();
}

[PreferLocalPlacement]
public sealed class LocalPlaceGrain(SimulatedSilo? silo = null) : Grain, IPlaceGrain
{
    public Task<string> Where() => Task.FromResult(silo!.Name);

    public Task<string> Ask(IPlaceGrain other) => other.Where();
}

public sealed class SimulatedSilosTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_grain_that_prefers_it_is_placed_where_it_is_called_from_and_others_are_spread()
    {
        using var cluster = Cluster(1);
        foreach (var silo in cluster.Silos)
            Assert.Equal(silo.Name, Where(cluster, Local(silo, "at" + silo.Name)));
        Assert.Equal("process1", Where(cluster, Local(cluster.Silos[2], "atprocess1")));
        Assert.Equal(3, Enumerable.Range(0, 40).Select(number => Where(cluster, Spread(cluster.Silos[0], $"g{number}"))).Distinct().Count());
    }

    [Fact]
    public void Calls_between_silos_are_counted_and_those_within_one_are_not()
    {
        using var cluster = Cluster(1);
        Where(cluster, Local(cluster.Silos[0], "a"));
        Assert.Empty(cluster.CallsBetweenSilos);
        Where(cluster, Local(cluster.Silos[1], "a"));
        Where(cluster, Local(cluster.Silos[1], "a"));
        Assert.Equal(("IPlaceGrain.Where", 2L), cluster.CallsBetweenSilos.Select(pair => (pair.Key, pair.Value)).Single());
    }

    [Fact]
    public void A_grain_of_a_silo_that_died_comes_back_elsewhere_when_that_is_known_and_not_before()
    {
        using var cluster = Cluster(1);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        Where(cluster, Local(first, "a"));
        first.Kill();
        cluster.Run(() => Assert.ThrowsAsync<TimeoutException>(() => Local(second, "a").Where()), Limit);
        Assert.Equal("process2", Where(cluster, Local(second, "a")));
        first.Restart();
        Assert.Equal("process2", Where(cluster, Local(first, "a")));
    }

    [Fact]
    public void A_silo_that_is_back_before_it_was_missed_has_forgotten_its_grains()
    {
        using var cluster = Cluster(1);
        Where(cluster, Local(cluster.Silos[0], "a"));
        cluster.Silos[0].Kill();
        cluster.Silos[0].Restart();
        Assert.Equal("process2", Where(cluster, Local(cluster.Silos[1], "a")));
    }

    [Fact]
    public void A_silo_that_stands_still_for_a_moment_answers_late()
    {
        using var cluster = Cluster(1);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        Where(cluster, Local(first, "a"));
        first.Pause();
        var asked = cluster.Start(async () => Assert.Equal("process1", await Local(second, "a").Where()));
        cluster.RunFor(TimeSpan.FromSeconds(3));
        Assert.False(asked.IsCompleted);
        Assert.True(first.Resume());
        cluster.RunFor(TimeSpan.Zero);
        Assert.True(asked.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_silo_that_stood_still_too_long_is_heard_by_nobody_but_itself()
    {
        using var cluster = Cluster(1);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        Where(cluster, Local(first, "a"));
        Where(cluster, Local(second, "b"));
        first.Pause();
        cluster.RunFor(TimeSpan.FromSeconds(6));
        Assert.True(first.IsEvicted);
        Assert.Equal("process2", Where(cluster, Local(second, "a")));
        Assert.False(first.Resume());
        Assert.Equal("process1", Where(cluster, Local(first, "a")));
        cluster.Run(() => Assert.ThrowsAsync<TimeoutException>(() => Local(first, "b").Where()), Limit);
        first.Kill();
        first.Restart();
        Assert.Equal("process2", Where(cluster, Local(first, "a")));
    }

    [Fact]
    public void Messages_between_silos_are_late_and_lost_and_those_within_one_are_not()
    {
        using var cluster = Cluster(1, options => options.LoseBetweenSilos = 1);
        Where(cluster, Local(cluster.Silos[0], "a"));
        cluster.Run(() => Assert.ThrowsAsync<TimeoutException>(() => Local(cluster.Silos[1], "a").Where()), Limit);
        Assert.True(cluster.Count(StepKind.RequestLost) + cluster.Count(StepKind.AnswerLost) > 0);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_with_silos_that_die()
    {
        Assert.Equal(Trace(5), Trace(5));
        Assert.NotEqual(Trace(5), Trace(6));

        static ulong Trace(int seed)
        {
            using var cluster = Cluster(seed, options => (options.LoseBetweenSilos, options.DelayBetweenSilos, options.Deactivate) = (0.02, 0.1, 0.01));
            cluster.Run(
                async () =>
                {
                    for (var i = 0; i < 60; i++)
                    {
                        var silo = cluster.Silos[cluster.Random.Next(3)];
                        if (i % 20 == 10) silo.Kill();
                        if (silo.State == SimulatedSiloState.Dead && cluster.Random.Next(2) == 0) silo.Restart();
                        await Quietly(() => Local(cluster.Silos[i % 3], $"g{cluster.Random.Next(9)}").Ask(Spread(cluster.Silos[i % 3], "x")));
                        await cluster.Delay(TimeSpan.FromSeconds(1));
                    }
                }, TimeSpan.FromHours(3));
            return cluster.Trace;
        }
    }

    private static async Task Quietly(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
        }
    }

    private static SimulatedCluster Cluster(int seed, Action<SimulationOptions>? more = null)
    {
        var options = new SimulationOptions { Seed = seed, Silos = 3, Assemblies = { typeof(SimulatedSilosTests).Assembly }, Storages = { "bank", "memory" } };
        more?.Invoke(options);
        return new SimulatedCluster(options);
    }

    private static string Where(SimulatedCluster cluster, IPlaceGrain grain)
    {
        var where = "";
        cluster.Run(async () => where = await grain.Where(), Limit);
        return where;
    }

    private static IPlaceGrain Local(SimulatedSilo silo, string key) => silo.Grains.GetGrain<IPlaceGrain>(key, typeof(LocalPlaceGrain).FullName);

    private static IPlaceGrain Spread(SimulatedSilo silo, string key) => silo.Grains.GetGrain<IPlaceGrain>(key, typeof(SpreadPlaceGrain).FullName);
}
