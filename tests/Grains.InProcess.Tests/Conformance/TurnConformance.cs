using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>What may run while what else does.</summary>
public abstract class TurnConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    [Fact]
    public Task A_call_in_progress_keeps_the_next_waiting_even_while_it_awaits() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ITurnGrain>(Key);
        var held = grain.Hold(Key);
        await Settle();
        var waiting = grain.Quick();
        await Settle();
        Assert.False(waiting.IsCompleted);
        Journal.Open(Key);
        await held;
        Assert.Equal("quick", await waiting);
    });

    [Fact]
    public Task Concurrent_calls_never_lose_an_update() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ITurnGrain>(Key);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grain.CountWithYields(10)));
        Assert.Equal(500, await grain.CountWithYields(0));
    });

    [Fact]
    public Task Tasks_that_a_grain_starts_run_as_its_turns() => Host.Run(async () =>
        Assert.Equal(400, await Grains.GetGrain<ITurnGrain>(Key).CountOnTasks(200)));

    [Fact]
    public Task Awaits_come_back_to_the_activation() => Host.Run(async () => Assert.True(await Grains.GetGrain<ITurnGrain>(Key).KeepsItsScheduler()));

    [Fact]
    public Task Calls_of_a_reentrant_grain_interleave_at_awaits_but_turns_never_overlap() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<IReentrantGrain>(Key);
        var held = grain.Hold(Key);
        await Settle();
        Assert.Equal("quick", await grain.Quick());
        var overlaps = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.CountWithYields(50)));
        Assert.All(overlaps, seen => Assert.Equal(0, seen));
        Journal.Open(Key);
        await held;
    });

    [Fact]
    public Task An_always_interleaving_method_runs_during_any_call() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ITurnGrain>(Key);
        var held = grain.Hold(Key);
        await Settle();
        var waiting = grain.Quick();
        Assert.Equal("interleaved", await grain.Interleaving());
        Assert.False(waiting.IsCompleted);
        Journal.Open(Key);
        await held;
        await waiting;
    });

    [Fact]
    public Task Read_only_calls_interleave_with_each_other_and_with_nothing_else() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ITurnGrain>(Key);
        var reads = new[] { grain.Read(Key), grain.Read(Key) };
        await Settle();
        Assert.Equal(["reading", "reading"], Journal.Of(Key));
        var write = grain.Quick();
        await Settle();
        Assert.False(write.IsCompleted);
        Journal.Open(Key);
        await Task.WhenAll(reads);
        await write;
    });

    [Fact]
    public Task A_read_only_call_waits_for_one_that_is_not() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ITurnGrain>(Key);
        var held = grain.Hold(Key);
        await Settle();
        var read = grain.Read(Key);
        await Settle();
        Assert.Equal(["started"], Journal.Of(Key));
        Journal.Open(Key);
        await held;
        await read;
    });

    [Fact]
    public Task A_class_may_choose_which_calls_interleave() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<IChoosyGrain>(Key);
        var held = grain.Hold(Key);
        await Settle();
        Assert.Equal("quick", await grain.Quick(interleave: true));
        var waiting = grain.Quick(interleave: false);
        await Settle();
        Assert.False(waiting.IsCompleted);
        Journal.Open(Key);
        await held;
        await waiting;
    });

    [Fact]
    public Task A_call_chain_that_comes_back_to_a_waiting_grain_ends_by_time_out() => Host.Run(async () =>
    {
        var chain = Grains.GetGrain<ITurnGrain>(Key).CallThrough(Key + "-other", allowBack: false);
        await Host.WaitOut(ResponseTimeout + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => chain);
        Assert.Equal("quick", await Grains.GetGrain<ITurnGrain>(Key).Quick());
    });

    [Fact]
    public Task A_call_chain_may_come_back_where_the_grain_allows_it() => Host.Run(() =>
        Grains.GetGrain<ITurnGrain>(Key).CallThrough(Key + "-other", allowBack: true));
}
