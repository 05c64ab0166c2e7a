using Orleans.Runtime;
using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>What travels with a call and what comes back.</summary>
public abstract class CallConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    private ICallGrain Grain => Grains.GetGrain<ICallGrain>(Key);

    [Fact]
    public Task Arguments_and_results_arrive_as_they_were_sent() => Host.Run(async () =>
    {
        Assert.Equal(new Letter("a", 5), await Grain.Reply(new Letter("a", 2), 3));
        Assert.Equal(1 + 2 + 3 + 4 + 5 + 6 + 1 + 16 + 7 + 8, await Grain.Sum(1, 2, "abc", new Letter("x", 4), 5, 6, true, Guid.Empty, 7, 8));
        Assert.Equal("text", await Grain.Echo("text"));
        Assert.Null(await Grain.Echo(null));
    });

    [Fact]
    public Task Value_tasks_work_like_tasks() => Host.Run(async () =>
    {
        Assert.Equal(14, await Grain.Twice(7));
        await Grain.Nothing();
    });

    [Fact]
    public Task An_exception_reaches_the_caller_with_its_type_and_message() => Host.Run(async () =>
    {
        Assert.Equal("late", (await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.Fail("late"))).Message);
        Assert.Equal("early", (await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.FailBeforeItsFirstAwait("early"))).Message);
    });

    [Fact]
    public Task An_exception_passes_through_the_grains_between_and_says_where_it_was_thrown() => Host.Run(async () =>
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.FailThrough(Key + "-other"));
        Assert.Equal("inner", error.Message);
        Assert.Contains(nameof(CallGrain.Fail), error.StackTrace, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_cancelled_call_is_cancelled_for_its_caller() => Host.Run(() => Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain.Cancel()));

    [Fact]
    public Task A_failed_call_leaves_the_grain_as_it_is() => Host.Run(async () =>
    {
        await Grain.Count();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.Fail("x"));
        Assert.Equal(1, await Grain.Counted());
    });

    [Fact]
    public Task A_call_without_an_answer_times_out_while_its_callee_goes_on() => Host.Run(async () =>
    {
        var held = Grain.Hold(Key);
        await Host.WaitOut(ResponseTimeout - TimeSpan.FromSeconds(1));
        Assert.False(held.IsCompleted);
        await Host.WaitOut(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        Assert.Empty(Journal.Of(Key));
        Journal.Open(Key);
        await Grain.Count();
        Assert.Equal(["held"], Journal.Of(Key));
    });

    [Fact]
    public Task A_method_may_have_a_response_time_out_of_its_own() => Host.Run(async () =>
    {
        var held = Grain.HoldBriefly(Key);
        await Host.WaitOut(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        Journal.Open(Key);
    });

    [Fact]
    public Task A_request_whose_caller_timed_out_while_it_waited_is_not_carried_out() => Host.Run(async () =>
    {
        var held = Grain.Hold(Key);
        await Settle();
        var waiting = Grain.Count();
        await Host.WaitOut(ResponseTimeout + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Journal.Open(Key);
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        Assert.Equal(0, await Grain.Counted());
    });

    [Fact]
    public Task More_waiting_requests_than_the_limit_fail_at_once() => Host.Run(async () =>
    {
        var held = Grain.Hold(Key);
        await Settle();
        var waiting = Enumerable.Range(0, 101).Select(_ => Grain.Count()).ToArray();
        await Settle();
        var refused = Assert.Single(waiting, call => call.IsCompleted);
        await Assert.ThrowsAsync<LimitExceededException>(() => refused);
        Journal.Open(Key);
        await held;
        await Task.WhenAll(waiting.Where(call => call != refused));
        Assert.Equal(100, await Grain.Counted());
    });

    [Fact]
    public Task A_one_way_call_returns_before_it_ends_and_never_fails() => Host.Run(async () =>
    {
        await Grain.TellAndFail();
        await Grain.Tell(Key);
        await Settle();
        Assert.Empty(Journal.Of(Key));
        Journal.Open(Key);
        await Grain.Count();
        Assert.Equal(["held"], Journal.Of(Key));
    });

    [Fact]
    public Task References_are_equal_by_grain_and_can_be_passed_on() => Host.Run(async () =>
    {
        var self = await Grain.Self();
        Assert.Equal(Grain, self);
        Assert.NotEqual(Grain, Grains.GetGrain<ICallGrain>(Key + "b"));
        Assert.Equal($"{Key}b: why", await self.Ask(Grains.GetGrain<ICallGrain>(Key + "b"), "why"));
        Assert.Equal("x", await self.AsReference<IEchoGrain<string>>().Echo("x"));
    });

    [Fact]
    public Task The_request_context_travels_with_calls_and_not_back() => Host.Run(async () =>
    {
        RequestContext.Set("trace", "t1");
        Assert.Equal("t1", await Grain.Context("trace", 2));
        await Grain.SetContext("trace", "t2");
        Assert.Equal("t1", RequestContext.Get("trace"));
        RequestContext.Clear();
        Assert.Null(await Grain.Context("trace", 1));
    });

    [Fact]
    public Task Ambient_values_of_the_caller_end_at_the_grain() => Host.Run(async () =>
    {
        Ambient.Value.Value = "mine";
        Assert.Null(await Grain.Ambient());
        Assert.Equal("mine", Ambient.Value.Value);
    });
}
