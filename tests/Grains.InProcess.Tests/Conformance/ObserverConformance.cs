using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>How grains call what is outside them.</summary>
public abstract class ObserverConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    private INewsGrain Grain => Grains.GetGrain<INewsGrain>(Key);

    [Fact]
    public Task A_grain_calls_its_observers() => Host.Run(async () =>
    {
        var listener = new Listener();
        await Grain.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        await Grain.Publish("news");
        await Settle();
        Assert.Equal(["news"], listener.All);
    });

    [Fact]
    public Task What_an_observer_throws_reaches_the_grain() => Host.Run(async () =>
    {
        var listener = new Listener();
        await Grain.Subscribe(Grains.CreateObjectReference<IListener>(listener));
        Assert.Equal("listener failed", await Grain.AskFailing());
        GC.KeepAlive(listener);
    });

    [Fact]
    public Task Calls_reach_an_observer_one_at_a_time() => Host.Run(async () =>
    {
        var listener = new Listener();
        var reference = Grains.CreateObjectReference<IListener>(listener);
        var asked = new[] { reference.Ask(Key), reference.Ask(Key) };
        await Settle();
        Assert.Equal(["asked"], listener.All);
        Journal.Open(Key);
        await Task.WhenAll(asked);
        Assert.False(listener.Overlapped);
    });

    [Fact]
    public Task A_deleted_observer_fails_calls_that_await_it_and_swallows_those_that_do_not() => Host.Run(async () =>
    {
        var listener = new Listener();
        var reference = Grains.CreateObjectReference<IListener>(listener);
        Grains.DeleteObjectReference<IListener>(reference);
        reference.Heard("nothing");
        var call = reference.Fail();
        await Host.WaitOut(ResponseTimeout + TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.True(error is TimeoutException or OrleansException, error.ToString());
        Assert.Empty(listener.All);
    });

    [Fact]
    public Task The_runtime_does_not_keep_an_observer_alive() => Host.Run(async () =>
    {
        var reference = MakeForgotten();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var call = reference.Fail();
        await Host.WaitOut(ResponseTimeout + TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.True(error is TimeoutException or OrleansException, error.ToString());
    });

    [Fact]
    public Task An_observer_that_is_not_renewed_expires() => Host.Run(async () =>
    {
        var (renewed, silent) = (new Listener(), new Listener());
        var reference = Grains.CreateObjectReference<IListener>(renewed);
        await Grain.Subscribe(reference);
        await Grain.Subscribe(Grains.CreateObjectReference<IListener>(silent));
        await Host.Delay(TimeSpan.FromMinutes(4));
        await Grain.Subscribe(reference);
        await Host.Delay(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await Grain.Subscribers());
        GC.KeepAlive(silent);
    });

    [Fact]
    public Task An_observer_that_fails_is_dropped_and_the_others_hear_all_the_same() => Host.Run(async () =>
    {
        var (broken, alive) = (new Listener { IsBroken = true }, new Listener());
        await Grain.Subscribe(Grains.CreateObjectReference<IListener>(broken));
        await Grain.Subscribe(Grains.CreateObjectReference<IListener>(alive));
        Journal.Open(Key);
        await Grain.Poll(Key);
        Assert.Equal(1, await Grain.Subscribers());
        Assert.Equal(["asked"], alive.All);
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IListener MakeForgotten() => Grains.CreateObjectReference<IListener>(new Listener());
}
