using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>Grain timers.</summary>
public abstract class TimerConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ITimerGrain Grain => Grains.GetGrain<ITimerGrain>(Key);

    [Fact]
    public Task A_timer_ticks_when_due_and_then_each_period() => Host.Run(async () =>
    {
        await Grain.Start("t", 5 * Second, 10 * Second);
        await Host.Delay(4 * Second);
        Assert.Empty(Journal.Of(Key));
        await Host.Delay(2 * Second);
        Assert.Equal(["t"], Journal.Of(Key));
        await Host.Delay(20 * Second);
        Assert.Equal(["t", "t", "t"], Journal.Of(Key));
    });

    [Fact]
    public Task A_timer_without_a_period_ticks_once() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Timeout.InfiniteTimeSpan);
        await Host.Delay(60 * Second);
        Assert.Equal(["t"], Journal.Of(Key));
    });

    [Fact]
    public Task A_tick_waits_for_the_call_in_progress() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Timeout.InfiniteTimeSpan);
        var held = Grain.Hold(Key);
        await Settle();
        await Host.Delay(5 * Second);
        Assert.Empty(Journal.Of(Key));
        Journal.Open(Key);
        await held;
        await Settle();
        Assert.Equal(["t"], Journal.Of(Key));
    });

    [Fact]
    public Task An_interleaving_timer_ticks_during_calls() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Timeout.InfiniteTimeSpan, interleave: true);
        var held = Grain.Hold(Key);
        await Settle();
        await Host.Delay(5 * Second);
        Assert.Equal(["t"], Journal.Of(Key));
        Journal.Open(Key);
        await held;
    });

    [Fact]
    public Task A_failing_tick_does_not_stop_the_timer() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Second, fail: true);
        await Host.Delay(3.5 * Second);
        Assert.Equal(["t", "t", "t"], Journal.Of(Key));
    });

    [Fact]
    public Task A_changed_timer_keeps_its_new_time_and_a_disposed_one_none() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Second);
        await Grain.Change("t", 10 * Second, 10 * Second);
        await Host.Delay(9 * Second);
        Assert.Empty(Journal.Of(Key));
        await Host.Delay(2 * Second);
        Assert.Equal(["t"], Journal.Of(Key));
        await Grain.Stop("t");
        await Host.Delay(60 * Second);
        Assert.Equal(["t"], Journal.Of(Key));
    });

    [Fact]
    public Task Timers_end_with_their_activation() => Host.Run(async () =>
    {
        await Grain.Start("t", Second, Second);
        await Grain.Leave();
        await Host.Delay(10 * Second);
        Assert.Equal(["gone"], Journal.Of(Key));
    });

    [Fact]
    public Task A_timer_does_not_keep_its_grain_active_unless_it_says_so() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        await Grain.Start("t", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10));
        await Grains.GetGrain<ITimerGrain>(Key + "kept").Start("t", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), keepAlive: true);
        await Host.Delay(TimeSpan.FromMinutes(35));
        Assert.Equal(["t", "gone"], Journal.Of(Key));
        Assert.Equal(["t", "t", "t"], Journal.Of(Key + "kept"));
    });
}
