using System.Globalization;
using Webphone.Cluster.Tests.Harness;
using Webphone.Cluster.Tests.Harness.Load;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>What happens to silos under fifty calls a second. Set WEBPHONE_CLUSTER_RUNS to see each several times.</summary>
public sealed class LoadTests(SiloCluster cluster, ITestOutputHelper output) : IClassFixture<SiloCluster>, IAsyncLifetime
{
    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private const int PerSecond = 50;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(12);

    /// <summary>Within this time whoever was on the lost silo is back.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(5);

    /// <summary>A silo that hangs has its time for a command first.</summary>
    private static readonly TimeSpan BackFromHanging = TimeSpan.FromSeconds(6);

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("WEBPHONE_CLUSTER_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 1;

    public async ValueTask InitializeAsync()
    {
        cluster.Require();
        for (var index = 0; index < SiloCluster.Silos; index++)
        {
            if (!await cluster[index].IsHealthyAsync()) await cluster[index].LaunchAsync();
        }

        await cluster.WaitForMembersAsync(0, 1, 2);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_killed_silo_costs_calls_that_do_not_touch_it_nothing_and_its_phones_are_back_within_five_seconds()
    {
        for (var run = 0; run < Runs; run++)
        {
            var lost = run % SiloCluster.Silos;
            await LoseAsync(lost, Back, () =>
            {
                cluster[lost].Process.Signal(ChildProcess.Sigkill);
                return Task.CompletedTask;
            });
        }
    }

    [Fact]
    public async Task A_silo_that_hangs_for_twenty_seconds_costs_others_nothing_and_ends_itself_when_it_goes_on()
    {
        for (var run = 0; run < Runs; run++)
        {
            var lost = run % SiloCluster.Silos;
            await LoseAsync(lost, BackFromHanging, async () =>
            {
                cluster[lost].Process.Signal(Sigstop);
                // How long it is away is what is tested.
                await Task.Delay(TimeSpan.FromSeconds(20));
                cluster[lost].Process.Signal(Sigcont);
                Assert.NotEqual(0, await cluster[lost].Process.WaitForExitAsync(TimeSpan.FromSeconds(20)));
            });
        }
    }

    [Fact]
    public async Task A_rolling_restart_of_all_silos_drops_no_call_and_fails_none()
    {
        for (var run = 0; run < Runs; run++)
        {
            using var load = await ClusterLoad.RegisteredAsync(cluster);
            load.Start(PerSecond, (0, 1), (1, 2), (2, 0), (0, 2), (2, 1), (1, 0), (0, 0), (1, 1), (2, 2));
            await Task.Delay(Before);
            for (var index = 0; index < SiloCluster.Silos; index++)
            {
                cluster[index].Process.Signal(ChildProcess.Sigterm);
                Assert.Equal(0, await cluster[index].Process.WaitForExitAsync(TimeSpan.FromSeconds(60)));
                await cluster[index].LaunchAsync();
                await cluster.WaitForMembersAsync(0, 1, 2);
                await Task.Delay(Before);
            }

            await load.StopAsync();
            output.WriteLine($"{load.Outcomes.Count} calls, {load.Outcomes.Count(call => call.Outcome.Retried)} of them by the second flow");
            Fail(load, load.Outcomes.Where(call => call.Outcome.Failure is not null), startMs: 0);
            Assert.Empty(await cluster.BrokenHistoryAsync());
        }
    }

    /// <summary>Loses one silo under load, and looks what that costs those who have to do with it and those who have not.</summary>
    private async Task LoseAsync(int lost, TimeSpan back, Func<Task> loses)
    {
        var (one, other) = ((lost + 1) % SiloCluster.Silos, (lost + 2) % SiloCluster.Silos);
        using var load = await ClusterLoad.RegisteredAsync(cluster);
        using var registering = new CancellationTokenSource();
        (int From, int To)[] routes = [(one, other), (other, one), (one, other), (other, one), (lost, other), (one, other), (other, one), (one, other), (other, one), (one, lost)];
        load.Start(PerSecond, routes);
        var registered = load.RegisterAgainAsync(5, registering.Token, one, other);
        LongCall[] apart = [await load.TalkAsync(one, other), await load.TalkAsync(other, one), await load.TalkAsync(one, one), await load.TalkAsync(other, other)];
        LongCall[] touched = [await load.TalkAsync(one, lost), await load.TalkAsync(lost, other)];
        await Task.Delay(Before);

        var start = Environment.TickCount64;
        var losing = loses();
        var noticing = cluster.WaitForMembersAsync([.. new[] { one, other }.Order()]);
        var rung = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RingAsync(load, one, lost)));
        var noticed = await noticing;
        await losing;
        await Task.Delay(After);
        await load.StopAsync();
        await registering.CancelAsync();
        var (done, refused) = await registered;

        var ended = await Task.WhenAll(touched.Select(call => call.EndedAtAsync()));
        output.WriteLine($"lost {lost}: {load.Outcomes.Count} calls, {Untouched(load, lost).Count()} apart from it; {done} registrations; rung again after {string.Join(", ", rung.Select(at => at - start))} ms; " +
            $"talks with it ended after {string.Join(", ", ended.Select(at => at - start))} ms; longest gap elsewhere {apart.Max(call => call.LongestGapMs)} ms, {apart.Sum(call => call.Heard)} packets; " +
            $"{load.Outcomes.Count(call => call.Outcome.Failure is not null)} calls with it failed; noticed after {noticed.TotalSeconds:F1} s");
        Fail(load, Untouched(load, lost).Where(call => call.Outcome.Failure is not null || call.Outcome.Retried), start);
        Fail(load, load.Outcomes.Where(call => call.Outcome.Failure is not null && call.Outcome.StartedMs > start + back.TotalMilliseconds), start);
        Assert.InRange(noticed, TimeSpan.Zero, Back);
        Assert.Empty(refused);
        Assert.All(rung, at => Assert.InRange(at - start, 0, back.TotalMilliseconds));
        Assert.All(ended, at => Assert.InRange(at - start, 1, back.TotalMilliseconds));
        foreach (var call in apart)
        {
            Assert.Equal(0, call.Lost);
            Assert.Null(await call.EndAsync());
            call.Dispose();
        }

        foreach (var call in touched) call.Dispose();
        await cluster[lost].LaunchAsync();
        await cluster.WaitForMembersAsync(0, 1, 2);
        Assert.Empty(await cluster.BrokenHistoryAsync());
    }

    /// <summary>When a phone of the lost silo rang for a call that it then took, by the machine's clock in ms.</summary>
    private static async Task<long> RingAsync(ClusterLoad load, int from, int lost)
    {
        var (caller, callee) = (load.Caller(from), load.TalkedTo(lost));
        var rung = callee.Socket.Rung[callee.Extension] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var outcome = await caller.CallAsync(callee.Extension, TimeSpan.FromSeconds(1));
        return outcome.Failure is null ? await rung.Task : long.MaxValue;
    }

    private static IEnumerable<(int From, int To, CallOutcome Outcome)> Untouched(ClusterLoad load, int lost) => load.Outcomes.Where(call => call.From != lost && call.To != lost);

    private static void Fail(ClusterLoad load, IEnumerable<(int From, int To, CallOutcome Outcome)> failed, long startMs)
    {
        var lines = failed.OrderBy(call => call.Outcome.StartedMs).Select(call => $"{call.From}→{call.To} at {call.Outcome.StartedMs - startMs} ms by {call.Outcome.By}: {call.Outcome.Failure ?? "only by the second flow"}").ToArray();
        Assert.True(lines.Length == 0, $"{lines.Length} of {load.Outcomes.Count} calls failed:\n{string.Join('\n', lines.Take(40))}");
    }
}
