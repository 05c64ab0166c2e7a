using System.Diagnostics;
using System.Net;
using Webphone.Cluster.Tests.Harness;
using Webphone.Cluster.Tests.Harness.Load;
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
    public async Task After_a_silo_was_killed_the_lamps_of_phones_with_a_second_flow_are_right_within_ten_seconds()
    {
        using var socket = new PhoneSocket();
        var watchers = Enumerable.Range(0, 4).Select(number => PhoneOf(socket, silo: 0, number)).ToArray();
        await Task.WhenAll(watchers.Select(watcher => watcher.RegisterAsync()));
        await using var caller = await cluster.PhoneAsync(1, "103", toneHertz: 440);
        await using var callee = await cluster.PhoneAsync(2, "104", toneHertz: 660);
        FlowLamp[] lamps = [.. Enumerable.Range(0, 24).Select(number => new FlowLamp(watchers[number % watchers.Length], number % 2 == 0 ? "103" : "104"))];
        foreach (var lamp in lamps) Assert.Equal(200, await lamp.SubscribeAsync(SipOf(0)));
        await Conversation.BeginAsync(caller, callee);
        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync("confirmed")));
        await cluster[0].SubscriptionsWrittenAsync();

        var clock = Stopwatch.StartNew();
        cluster[0].Process.Signal(ChildProcess.Sigkill);
        await caller.HangUpAsync();
        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync()));
        output.WriteLine($"all dark after {clock.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));

        // The dialogs are those of before: their phones refresh them by the other flow, and are told what happens next.
        Assert.Equal(200, await lamps[0].SubscribeAsync(SipOf(1)));
        await caller.DialAsync("104");
        await callee.NextAsync("CALL_INCOMING");
        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync("trying", "early")));
        await caller.HangUpAsync();
        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync()));
        foreach (var lamp in lamps) lamp.Dispose();
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

    /// <summary>One of the load's users, with a second flow to the next silo.</summary>
    private FlowPhone PhoneOf(PhoneSocket socket, int silo, int number)
    {
        var user = SiloCluster.FirstLoadUser + 100 * silo + number;
        return new FlowPhone(socket, SiloCluster.Domain, $"{user}", $"load-{user}", SipOf(silo), SipOf((silo + 1) % SiloCluster.Silos));
    }

    private IPEndPoint SipOf(int silo) => new(IPAddress.Parse(cluster[silo].Address), cluster[silo].SipPort);
}
