using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>When activations come and go.</summary>
public abstract class ActivationConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    [Fact]
    public Task A_grain_is_activated_by_its_first_call_and_keeps_its_fields_between_calls() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ILifecycleGrain>(Key);
        await Settle();
        Assert.Empty(Journal.Of(Key));
        Assert.Equal(1, await grain.Increment());
        Assert.Equal(2, await Grains.GetGrain<ILifecycleGrain>(Key).Increment());
        Assert.Equal(["activated"], Journal.Of(Key));
    });

    [Fact]
    public Task Each_key_is_a_grain_of_its_own() => Host.Run(async () =>
    {
        await Grains.GetGrain<ILifecycleGrain>(Key).Increment();
        Assert.Equal(1, await Grains.GetGrain<ILifecycleGrain>(Key + "b").Increment());
    });

    [Fact]
    public Task Grains_know_their_integer_guid_and_compound_keys() => Host.Run(async () =>
    {
        Assert.Equal(-5, await Grains.GetGrain<IIntegerGrain>(-5).Key());
        var guid = Guid.Parse("0123456789abcdef0123456789abcdef");
        Assert.Equal(guid, await Grains.GetGrain<IGuidGrain>(guid).Key());
        Assert.Equal("77 a+b", await Grains.GetGrain<ICompoundGrain>(77, "a+b").Key());
    });

    [Fact]
    public Task A_failed_activation_fails_its_caller_and_the_next_call_tries_again() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<IFailingStartGrain>(Key);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(grain.Hello);
        Assert.Equal("not yet", error.Message);
        Assert.Equal("hello", await grain.Hello());
    });

    [Fact]
    public Task DeactivateOnIdle_ends_the_activation_and_the_next_call_finds_a_new_one() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ILifecycleGrain>(Key);
        await grain.Increment();
        await grain.Leave();
        Assert.Equal(1, await grain.Increment());
        Assert.Equal(["activated", "deactivated ApplicationRequested", "activated"], Journal.Of(Key));
    });

    [Fact]
    public Task A_request_in_progress_ends_before_its_activation_does_and_waiting_ones_go_to_the_next() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<ILifecycleGrain>(Key);
        await grain.Increment();
        var held = grain.LeaveThenHold(Key);
        await Settle();
        var next = grain.Increment();
        await Settle();
        Assert.False(next.IsCompleted);
        Journal.Open(Key);
        await held;
        Assert.Equal(1, await next);
        Assert.Equal(["activated", "held", "deactivated ApplicationRequested", "activated"], Journal.Of(Key));
    });

    [Fact]
    public Task An_idle_activation_goes_after_its_age_and_not_before() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        await Grains.GetGrain<ILifecycleGrain>(Key).Increment();
        await Host.Delay(TimeSpan.FromMinutes(14));
        Assert.Equal(["activated"], Journal.Of(Key));
        await Host.Delay(TimeSpan.FromMinutes(4));
        Assert.Equal(["activated", "deactivated ActivationIdle"], Journal.Of(Key));
    });

    [Fact]
    public Task A_call_makes_an_activation_young_again() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        var grain = Grains.GetGrain<ILifecycleGrain>(Key);
        await grain.Increment();
        await Host.Delay(TimeSpan.FromMinutes(10));
        await grain.Increment();
        await Host.Delay(TimeSpan.FromMinutes(10));
        Assert.Equal(3, await grain.Increment());
    });

    [Fact]
    public Task A_class_may_have_an_age_limit_of_its_own() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        await Grains.GetGrain<IShortLivedGrain>(Key).Increment();
        await Host.Delay(TimeSpan.FromMinutes(6));
        Assert.Equal(["activated", "deactivated ActivationIdle"], Journal.Of(Key));
    });

    [Fact]
    public Task A_kept_alive_class_stays() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        await Grains.GetGrain<IKeptGrain>(Key).Increment();
        await Host.Delay(TimeSpan.FromHours(2));
        Assert.Equal(["activated"], Journal.Of(Key));
    });

    [Fact]
    public Task DelayDeactivation_keeps_an_idle_activation_for_that_long() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        await Grains.GetGrain<ILifecycleGrain>(Key).Stay(TimeSpan.FromMinutes(40));
        await Host.Delay(TimeSpan.FromMinutes(38));
        Assert.Equal(["activated"], Journal.Of(Key));
        await Host.Delay(TimeSpan.FromMinutes(20));
        Assert.Equal(["activated", "deactivated ActivationIdle"], Journal.Of(Key));
    });

    [Fact]
    public Task A_busy_activation_is_never_idle() => Host.Run(async () =>
    {
        NeedsVirtualAge();
        var held = Grains.GetGrain<IShortLivedGrain>(Key).Hold(Key);
        await Host.Delay(TimeSpan.FromMinutes(10));
        Assert.Equal(["activated"], Journal.Of(Key));
        Journal.Open(Key);
        await Settle();
        await Assert.ThrowsAsync<TimeoutException>(() => held);
    });

    [Fact]
    public Task A_stateless_worker_runs_calls_side_by_side_up_to_its_number() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<IPairGrain>(Key);
        var calls = new[] { grain.Hold(Key), grain.Hold(Key), grain.Hold(Key) };
        await Settle();
        Assert.Equal(["started", "started"], Journal.Of(Key));
        Journal.Open(Key);
        await Task.WhenAll(calls);
        Assert.Equal(3, Journal.Of(Key).Length);
    });

    [Fact]
    public Task A_silo_that_stops_deactivates_its_grains_in_order() => Host.Run(async () =>
    {
        await Grains.GetGrain<ILifecycleGrain>(Key).Increment();
        await Host.Restart();
        Assert.Equal(["activated", "deactivated ShuttingDown"], Journal.Of(Key));
        Assert.Equal(1, await Grains.GetGrain<ILifecycleGrain>(Key).Increment());
    });
}
