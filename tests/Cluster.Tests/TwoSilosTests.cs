using Webphone.Cluster.Tests.Harness;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>Of two silos each alone may give the other up: neither does so without need.</summary>
public sealed class TwoSilosTests(SiloCluster cluster) : IClassFixture<SiloCluster>, IAsyncLifetime
{
    private const int Sigstop = 19;
    private const int Sigcont = 18;

    /// <summary>Longer than it takes to give up a silo that is not there.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    public async ValueTask InitializeAsync()
    {
        cluster.Require();
        if (!cluster[2].Process.HasExited) await cluster[2].StopAsync();
        await cluster.WaitForMembersAsync(0, 1);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_that_is_starved_of_processor_time_stays()
    {
        await using var load = await CallLoad.StartAsync(cluster, from: 0, to: 1, pair: 0, perSecond: 20, seconds: 20);
        var hogs = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => ChildProcess.Start("/bin/sh", ["-c", "while :; do :; done"])).ToArray();
        try
        {
            await load.SucceedsAsync();
        }
        finally
        {
            foreach (var hog in hogs) await hog.DisposeAsync();
        }

        await AllStayAsync();
    }

    [Fact]
    public async Task One_that_stands_still_for_two_seconds_now_and_then_stays()
    {
        for (var turn = 0; turn < 4; turn++)
        {
            var silo = cluster[turn % 2].Process;
            silo.Signal(Sigstop);
            await Task.Delay(TimeSpan.FromSeconds(2));
            silo.Signal(Sigcont);
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        await AllStayAsync();
    }

    [Fact]
    public async Task Two_that_stood_still_together_both_stay()
    {
        foreach (var index in new[] { 0, 1 }) cluster[index].Process.Signal(Sigstop);
        await Task.Delay(LongEnough);
        foreach (var index in new[] { 0, 1 }) cluster[index].Process.Signal(Sigcont);
        await Task.Delay(LongEnough);
        await AllStayAsync();
    }

    /// <summary>The same processes are members as before.</summary>
    private async Task AllStayAsync()
    {
        Assert.Equal(["n2", "n3"], await cluster.MembersAsync());
        Assert.All(new[] { 0, 1 }, index => Assert.False(cluster[index].Process.HasExited, cluster[index].Output));
    }
}
