using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.InProcess;
using Orleans.Runtime;
using Orleans.Storage;

namespace Webphone.Grains.InProcess.Tests.Engine;

/// <summary>What is this engine's own and no part of the programming model.</summary>
public sealed class EngineTests : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _mayRunInline;

    public EngineTests()
    {
        var services = new ServiceCollection();
        services.AddInProcessGrains(typeof(EngineTests).Assembly);
        services.AddMemoryGrainStorage("memory");
        services.AddMemoryGrainStorage("bank");
        services.AddScoped<ScopedService>();
        services.Configure<ObserverOptions>(options => options.MayRunInline[typeof(IThreadObserver)] = () => _mayRunInline);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    private IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Internal_interfaces_and_messages_work() =>
        Assert.Equal(new InternalMessage(3), await Grains.GetGrain<IInternalGrain>("a").Echo(new InternalMessage(3)));

    [Fact]
    public async Task A_chain_of_ten_thousand_calls_does_not_overflow_the_stack() => Assert.Equal(10_000, await Grains.GetGrain<IChainGrain>(0).Down(10_000));

    [Fact]
    public async Task An_idle_grain_runs_on_its_callers_thread()
    {
        var grain = Grains.GetGrain<IChainGrain>(1);
        await grain.Thread();
        var mine = Environment.CurrentManagedThreadId;
        var answer = grain.Thread();
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(mine, await answer);
    }

    [Fact]
    public async Task An_observer_runs_on_its_callers_thread_where_the_host_allows_it()
    {
        var observer = new ThreadObserver();
        var reference = Grains.CreateObjectReference<IThreadObserver>(observer);
        _mayRunInline = true;
        var mine = Environment.CurrentManagedThreadId;
        var answer = reference.Thread();
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(mine, await answer);
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task An_observer_gets_a_thread_of_its_own_otherwise()
    {
        var observer = new ThreadObserver();
        var reference = Grains.CreateObjectReference<IThreadObserver>(observer);
        using var asked = new ManualResetEventSlim();
        observer.Waits = asked;
        var answer = reference.Thread();
        Assert.False(answer.IsCompleted);
        asked.Set();
        await answer;
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task The_callers_synchronization_context_ends_at_the_grain()
    {
        var outer = SynchronizationContext.Current;
        var mine = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(mine);
        var answer = Grains.GetGrain<IChainGrain>(2).HasSynchronizationContext();
        var after = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(outer);
        Assert.Same(mine, after);
        Assert.False(await answer);
    }

    [Fact]
    public async Task What_a_grains_constructor_throws_reaches_its_callers()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Grains.GetGrain<IUnmakeableGrain>("a").Nothing());
        Assert.Equal("constructor failed", error.Message);
    }

    [Fact]
    public async Task Each_activation_has_a_scope_of_services_that_ends_with_it()
    {
        var grain = Grains.GetGrain<IScopedGrain>("a");
        var first = await grain.Service();
        Assert.Equal(first, await grain.Service());
        await grain.Leave();
        Assert.NotEqual(first, await grain.Service());
        Assert.True(ScopedService.Disposed > 0);
    }

    [Fact]
    public void An_interface_without_a_class_is_refused() => Assert.Throws<ArgumentException>(() => Grains.GetGrain<IOrphanGrain>("a"));

    [Fact]
    public void A_method_that_returns_no_task_is_refused() =>
        Assert.Throws<OrleansConfigurationException>(() => Grains.CreateObjectReference<ISynchronousObserver>(new SynchronousObserver()));

    [Fact]
    public void A_grain_id_of_no_known_type_fails_its_calls() =>
        Assert.IsType<ArgumentException>(Grains.GetGrain<IChainGrain>(GrainId.Create("nosuch", "a")).Thread().Exception!.InnerException);

    [Fact]
    public void Grain_ids_read_as_they_are_written()
    {
        var id = GrainId.Create("user", "acme/101");
        Assert.Equal("user/acme/101", id.ToString());
        Assert.Equal(id, GrainId.Parse("user/acme/101"));
        Assert.False(GrainId.TryParse("user", out _));
        Assert.Equal("call", Grains.GetGrain<Conformance.Subjects.ICallGrain>("x").GetGrainId().Type.ToString());
    }

    [Fact]
    public async Task References_in_state_are_kept_as_their_ids()
    {
        var storage = new MemoryGrainStorage(() => Grains);
        var id = GrainId.Create("any", "a");
        await storage.WriteStateAsync("s", id, new GrainState<Holder>(new Holder { Chain = Grains.GetGrain<IChainGrain>(7) }));
        var read = new GrainState<Holder>();
        await storage.ReadStateAsync("s", id, read);
        Assert.Equal(Grains.GetGrain<IChainGrain>(7), read.State!.Chain);
        Assert.Equal(3, await read.State.Chain!.Down(3));
    }

    [Fact]
    public async Task A_stale_etag_is_refused_by_storage()
    {
        var storage = new MemoryGrainStorage(() => Grains);
        var id = GrainId.Create("any", "a");
        var (first, second) = (new GrainState<Holder>(new Holder()), new GrainState<Holder>(new Holder()));
        await storage.WriteStateAsync("s", id, first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", id, second));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", id, second));
        await storage.ClearStateAsync("s", id, first);
        Assert.False(first.RecordExists);
        await storage.WriteStateAsync("s", id, second);
    }

    [Fact]
    public async Task Callers_on_many_threads_never_break_a_turn()
    {
        var grain = Grains.GetGrain<Conformance.Subjects.ITurnGrain>("many");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var call = 0; call < 500; call++)
                await grain.CountWithYields(call % 3);
        })));
        var expected = 16 * Enumerable.Range(0, 500).Sum(call => call % 3);
        Assert.Equal(expected, await grain.CountWithYields(0));
    }

    public interface IOrphanGrain : IGrainWithStringKey;

    public interface IThreadObserver : IGrainObserver
    {
        Task<int> Thread();
    }

    public interface ISynchronousObserver : IGrainObserver
    {
        int Number();
    }

    private sealed class ThreadObserver : IThreadObserver
    {
        public ManualResetEventSlim? Waits;

        public Task<int> Thread()
        {
            Waits?.Wait(TimeSpan.FromSeconds(10));
            return Task.FromResult(Environment.CurrentManagedThreadId);
        }
    }

    private sealed class SynchronousObserver : ISynchronousObserver
    {
        public int Number() => 1;
    }

    private sealed class Holder
    {
        public IChainGrain? Chain { get; set; }
    }
}
