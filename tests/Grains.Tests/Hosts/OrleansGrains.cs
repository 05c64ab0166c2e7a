using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Core.Internal;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Webphone.OrleansSilo;

namespace Webphone.Grains.Tests.Hosts;

/// <summary>The grains on a silo of Microsoft Orleans, in virtual time. Compiled when Engine is Orleans.</summary>
internal sealed class TestGrains : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly VirtualSilo _silo;
    private readonly List<Task> _started = [];

    public TestGrains(Action<IServiceCollection> services, IIncomingGrainCallFilter filter, IGrainStorage storage, string file, string member)
    {
        _ = (file, member);
        _silo = new VirtualSilo(silo =>
        {
            services(silo.Services);
            silo.AddIncomingGrainCallFilter(filter);
            silo.Services.AddGrainStorage(GrainServices.Storage, (_, _) => storage);
        });
        Block(_silo.Start);
    }

    public IGrainFactory Grains => _silo.Grains;

    public DateTimeOffset Now => _silo.Time.GetUtcNow();

    /// <summary>Activations of our own grains.</summary>
    public int ActivationCount
    {
        get
        {
            var statistics = Array.Empty<DetailedGrainStatistic>();
            Do(async () => statistics = await Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics());
            return statistics.Count(activation => activation.GrainType.StartsWith("Webphone.", StringComparison.Ordinal));
        }
    }

    public static IGrainStorage NewStorage() => new CopyingStorage();

    /// <summary>Does it, and lets everything that follows from it happen without time passing.</summary>
    public void Do(Func<Task> work)
    {
        Block(() => _silo.Run(work, TimeSpan.FromMinutes(2)));
        Wait(TimeSpan.Zero);
    }

    public void Wait(TimeSpan span) => Block(() => _silo.Delay(span));

    /// <summary>Starts work that goes on while time passes.</summary>
    public void Start(Func<Task> work) => _started.Add(Task.Run(work));

    /// <summary>For <see cref="Start"/>.</summary>
    public Task Delay(TimeSpan span) => Task.Delay(span, _silo.Time);

    public bool Deactivate(IAddressable grain)
    {
        Do(() => grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask());
        return true;
    }

    /// <summary>The process is killed and started again.</summary>
    public void Crash() => Block(async () =>
    {
        await _silo.Kill();
        await _silo.Start();
    });

    public void Dispose() => Block(() => _silo.DisposeAsync().AsTask());

    private static void Block(Func<Task> work) => QuietPool.Block(work, Limit);
}
