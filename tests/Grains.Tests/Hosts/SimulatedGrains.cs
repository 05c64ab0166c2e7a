using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Simulation;
using Orleans.Storage;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Hosts;

/// <summary>The grains in the simulator, without faults. Compiled when Engine is InProcess.</summary>
internal sealed class TestGrains : IDisposable
{
    private readonly SimulatedCluster _cluster;

    public TestGrains(Action<IServiceCollection> services, IIncomingGrainCallFilter filter, IGrainStorage storage, string file, string member) => _cluster = new SimulatedCluster(
        new SimulationOptions
        {
            Seed = 1,
            Assemblies = { typeof(CallGrain).Assembly },
            ConfigureServices = all =>
            {
                services(all);
                all.AddSingleton(filter).AddGrainStorage(GrainServices.Storage, (_, _) => storage);
            },
        },
        file, member);

    public IGrainFactory Grains => _cluster.Grains;

    public DateTimeOffset Now => _cluster.Time.GetUtcNow();

    public int ActivationCount => _cluster.ActivationCount;

    public static IGrainStorage NewStorage() => new MemoryGrainStorage(() => throw new InvalidOperationException("No reference is stored."));

    /// <summary>Does it, and lets everything that follows from it happen without time passing.</summary>
    public void Do(Func<Task> work)
    {
        _cluster.Run(work, TimeSpan.FromMinutes(2));
        _cluster.RunFor(TimeSpan.Zero);
    }

    public void Wait(TimeSpan span) => _cluster.RunFor(span);

    /// <summary>Starts work that goes on while time passes.</summary>
    public void Start(Func<Task> work) => _ = _cluster.Start(work);

    /// <summary>For <see cref="Start"/>.</summary>
    public Task Delay(TimeSpan span) => _cluster.Delay(span);

    public bool Deactivate(IAddressable grain) => _cluster.Deactivate(((GrainReference)grain).GrainId);

    /// <summary>The process is killed and started again.</summary>
    public void Crash() => _cluster.Crash();

    public void Dispose() => _cluster.Dispose();
}
