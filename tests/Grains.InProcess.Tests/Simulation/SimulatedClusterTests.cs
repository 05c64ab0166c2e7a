using Orleans.Runtime;
using Orleans.Simulation;

namespace Webphone.Grains.InProcess.Tests.Simulation;

public sealed class SimulatedClusterTests
{
    private const int Accounts = 5;

    [Fact]
    public void The_same_seed_gives_the_same_run_step_for_step()
    {
        var first = Simulate(Faulty(7));
        var second = Simulate(Faulty(7));
        Assert.Equal((first.Trace, first.Steps), (second.Trace, second.Steps));
    }

    [Fact]
    public void Another_seed_gives_another_run() => Assert.NotEqual(Simulate(Faulty(7)).Trace, Simulate(Faulty(8)).Trace);

    [Fact]
    public void Every_kind_of_fault_comes_to_pass()
    {
        var cluster = Simulate(Faulty(3));
        foreach (var kind in Enum.GetValues<StepKind>().Where(kind => kind < StepKind.SiloKilled))
            Assert.True(cluster.Count(kind) > 0, $"{kind} never happened");
    }

    [Fact]
    public void Without_faults_every_payment_succeeds_and_money_is_conserved()
    {
        using var cluster = new SimulatedCluster(Options(1));
        var failures = 0;
        cluster.Run(() => PayAtRandom(cluster, 50, () => failures++), TimeSpan.FromHours(1));
        Assert.Equal(0, failures);
        Assert.Equal(0, Total(cluster));
    }

    [Fact]
    public void Payments_are_never_carried_out_twice_whatever_is_lost()
    {
        var options = Faulty(11);
        using var cluster = new SimulatedCluster(options);
        cluster.Run(() => PayAtRandom(cluster, 100, () => { }), TimeSpan.FromDays(1));
        cluster.RunFor(TimeSpan.FromMinutes(5));
        (options.LoseRequest, options.LoseAnswer, options.FailCall, options.DelayCall, options.Crash) = (0, 0, 0, 0, 0);
        // Each payment moves 1 or 2, so the total is off by no more than the payments of which one half failed.
        var halves = new[] { StepKind.RequestLost, StepKind.CallFailed, StepKind.AnswerLost, StepKind.Crashed }.Sum(cluster.Count);
        Assert.InRange(Math.Abs(Total(cluster)), 0, 2 * halves);
    }

    [Fact]
    public void A_lost_call_times_out_at_its_caller()
    {
        var options = Options(1);
        options.LoseRequest = 1;
        using var cluster = new SimulatedCluster(options);
        var began = cluster.Time.GetUtcNow();
        cluster.Run(() => Assert.ThrowsAsync<TimeoutException>(() => cluster.Grains.GetGrain<IAccountGrain>("a").Balance()), TimeSpan.FromMinutes(1));
        Assert.InRange(cluster.Time.GetUtcNow() - began, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
    }

    [Fact]
    public void A_call_whose_answer_is_lost_was_carried_out()
    {
        var options = Options(1);
        options.LoseAnswer = 1;
        options.Spare = grain => grain.Key.ToString() == "spared";
        using var cluster = new SimulatedCluster(options);
        cluster.Run(() => Assert.ThrowsAsync<TimeoutException>(() => cluster.Grains.GetGrain<IAccountGrain>("a").Deposit("p", 5)), TimeSpan.FromMinutes(1));
        options.LoseAnswer = 0;
        cluster.Run(async () => Assert.Equal(5, await cluster.Grains.GetGrain<IAccountGrain>("a").Balance()), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void State_survives_a_crash_and_what_was_in_memory_does_not()
    {
        using var cluster = new SimulatedCluster(Options(1));
        var before = cluster.Grains.GetGrain<IAccountGrain>("a");
        cluster.Run(() => before.Deposit("p", 5), TimeSpan.FromMinutes(1));
        cluster.Crash();
        cluster.Run(async () => Assert.Equal(5, await cluster.Grains.GetGrain<IAccountGrain>("a").Balance()), TimeSpan.FromMinutes(1));
        cluster.Run(() => Assert.ThrowsAsync<SiloUnavailableException>(() => before.Balance()), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_killed_observer_fails_its_callers()
    {
        using var cluster = new SimulatedCluster(Options(1));
        var watcher = new Watcher();
        var reference = cluster.Grains.CreateObjectReference<IBankWatcher>(watcher);
        cluster.Run(() => reference.Paid("x"), TimeSpan.FromMinutes(1));
        cluster.KillObserver(reference);
        cluster.Run(() => Assert.ThrowsAsync<ClientNotAvailableException>(() => reference.Paid("y")), TimeSpan.FromMinutes(1));
        Assert.Equal(["x"], watcher.Seen);
    }

    [Fact]
    public void An_invariant_that_breaks_names_the_seed_and_the_command_that_repeats_it()
    {
        using var cluster = new SimulatedCluster(Options(42));
        cluster.AfterStep = step => Assert.True(step.Number < 20, "twenty steps are too many");
        var failure = Assert.Throws<SimulationFailedException>(() => cluster.Run(() => PayAtRandom(cluster, 50, () => { }), TimeSpan.FromHours(1)));
        Assert.Contains("WEBPHONE_SEED=42", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(An_invariant_that_breaks_names_the_seed_and_the_command_that_repeats_it), failure.Message, StringComparison.Ordinal);
        Assert.Contains("twenty steps are too many", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_leaves_for_another_thread_is_found_out()
    {
        using var cluster = new SimulatedCluster(Options(1));
        using var awaited = new ManualResetEventSlim();
        using var returned = new ManualResetEventSlim();
        var failure = Assert.Throws<SimulationFailedException>(() =>
        {
            var work = cluster.Start(async () => await Task.Run(awaited.Wait).ContinueWith(_ => returned.Set(), TaskScheduler.Default));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            awaited.Set();
            while (!work.IsCompleted)
            {
                returned.Wait(TimeSpan.FromSeconds(10));
                cluster.RunFor(TimeSpan.FromSeconds(1));
            }
        });
        Assert.Contains("another thread", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workload_that_never_ends_fails_at_its_limit()
    {
        using var cluster = new SimulatedCluster(Options(1));
        Assert.Throws<SimulationFailedException>(() => cluster.Run(() => new TaskCompletionSource().Task, TimeSpan.FromMinutes(1)));
    }

    private static SimulatedCluster Simulate(SimulationOptions options)
    {
        using var cluster = new SimulatedCluster(options);
        var watcher = new Watcher();
        cluster.AfterCrash = () => cluster.Start(() => Watch(cluster, watcher));
        cluster.Run(
            async () =>
            {
                await Watch(cluster, watcher);
                await PayAtRandom(cluster, 200, () => { });
            }, TimeSpan.FromDays(2));
        return cluster;
    }

    private static async Task Watch(SimulatedCluster cluster, Watcher watcher)
    {
        try
        {
            await cluster.Grains.GetGrain<ITellerGrain>("t").Watch(cluster.Grains.CreateObjectReference<IBankWatcher>(watcher));
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
        }
    }

    private static async Task PayAtRandom(SimulatedCluster cluster, int payments, Action failed)
    {
        for (var number = 0; number < payments; number++)
        {
            try
            {
                var teller = cluster.Grains.GetGrain<ITellerGrain>("t");
                await Task.WhenAll(
                    teller.Pay(Account(cluster), Account(cluster), $"p{number}", 1),
                    cluster.Grains.GetGrain<ITellerGrain>("u").Pay(Account(cluster), Account(cluster), $"q{number}", 2));
                await cluster.Delay(TimeSpan.FromMilliseconds(cluster.Random.Next(1000)));
            }
            catch (Exception error) when (error is TimeoutException or OrleansException)
            {
                failed();
            }
        }
    }

    private static string Account(SimulatedCluster cluster) => $"account{cluster.Random.Next(Accounts)}";

    private static int Total(SimulatedCluster cluster)
    {
        var total = 0;
        cluster.Run(
            async () =>
            {
                for (var account = 0; account < Accounts; account++)
                    total += await cluster.Grains.GetGrain<IAccountGrain>($"account{account}").Balance();
            }, TimeSpan.FromMinutes(1));
        return total;
    }

    private static SimulationOptions Options(int seed) =>
        new() { Seed = seed, Assemblies = { typeof(SimulatedClusterTests).Assembly }, Storages = { "bank", "memory" } };

    private static SimulationOptions Faulty(int seed)
    {
        var options = Options(seed);
        options.LoseRequest = options.LoseAnswer = options.FailCall = 0.01;
        options.DelayCall = 0.1;
        options.Deactivate = 0.01;
        options.KillObserver = options.Crash = 0.002;
        return options;
    }

    private sealed class Watcher : IBankWatcher
    {
        public List<string> Seen { get; } = [];

        public Task Paid(string payment)
        {
            Seen.Add(payment);
            return Task.CompletedTask;
        }
    }
}
