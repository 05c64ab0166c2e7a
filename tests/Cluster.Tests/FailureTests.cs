using Webphone.Cluster.Tests.Harness;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>Silos that die, stop and come back while others are called.</summary>
public sealed class FailureTests(SiloCluster cluster, ITestOutputHelper output) : IClassFixture<SiloCluster>, IAsyncLifetime
{
    private const int Sigstop = 19;
    private const int Sigcont = 18;
    private const int PerSecond = 5;

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
    public async Task A_killed_silo_costs_the_others_no_call_and_every_history_is_closed_once()
    {
        await using var there = await CallLoad.StartAsync(cluster, from: 1, to: 2, pair: 0, PerSecond, seconds: 30);
        await using var back = await CallLoad.StartAsync(cluster, from: 2, to: 1, pair: 1, PerSecond, seconds: 30);
        await using var touched = await CallLoad.StartAsync(cluster, from: 1, to: 0, pair: 2, PerSecond, seconds: 15);
        await using var talking = await cluster.PhoneAsync(1, "101", toneHertz: 440);
        await using var heard = await cluster.PhoneAsync(2, "102", toneHertz: 660);
        await Conversation.BeginAsync(talking, heard);

        cluster[0].Process.Signal(ChildProcess.Sigkill);
        output.WriteLine($"noticed after {await cluster.WaitForMembersAsync(1, 2)}");
        await talking.HearsAsync(660);
        await heard.HearsAsync(440);
        await talking.HangUpAsync();
        await heard.NextAsync("CALL_CLOSED");

        await there.SucceedsAsync();
        await back.SucceedsAsync();
        output.WriteLine($"{await touched.EndAsync()} calls to the dead silo failed");
        await cluster[0].LaunchAsync();
        Assert.Empty(await cluster.BrokenHistoryAsync());
    }

    [Fact]
    public async Task A_silo_that_was_stopped_for_twenty_seconds_does_no_harm_when_it_goes_on()
    {
        await using var there = await CallLoad.StartAsync(cluster, from: 1, to: 2, pair: 0, PerSecond, seconds: 45);
        cluster[0].Process.Signal(Sigstop);
        output.WriteLine($"noticed after {await cluster.WaitForMembersAsync(1, 2)}");
        // How long it is away is what is tested.
        await Task.Delay(TimeSpan.FromSeconds(20));
        cluster[0].Process.Signal(Sigcont);
        await cluster[0].Process.WaitForExitAsync(TimeSpan.FromSeconds(60));
        await there.SucceedsAsync();
        await cluster[0].LaunchAsync();
        await cluster.WaitForMembersAsync(0, 1, 2);
        await using var after = await CallLoad.StartAsync(cluster, from: 0, to: 1, pair: 1, PerSecond, seconds: 3);
        await after.SucceedsAsync();
        Assert.Empty(await cluster.BrokenHistoryAsync());
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_call_between_silos_that_stay()
    {
        for (var index = 0; index < SiloCluster.Silos; index++)
        {
            var (from, to) = ((index + 1) % SiloCluster.Silos, (index + 2) % SiloCluster.Silos);
            await using var load = await CallLoad.StartAsync(cluster, from, to, pair: index, PerSecond, seconds: 15);
            Assert.Equal(0, await cluster[index].StopAsync());
            await cluster.WaitForMembersAsync([.. new[] { from, to }.Order()]);
            await cluster[index].LaunchAsync();
            await cluster.WaitForMembersAsync(0, 1, 2);
            await load.SucceedsAsync();
        }

        Assert.Empty(await cluster.BrokenHistoryAsync());
    }
}
