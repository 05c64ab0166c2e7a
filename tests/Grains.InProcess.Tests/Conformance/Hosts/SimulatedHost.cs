using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Simulation;

namespace Webphone.Grains.InProcess.Tests.Conformance.Hosts;

/// <summary>The simulator without faults: the order of turns is random, the meaning must not be.</summary>
public sealed class SimulatedHost : IConformanceHost
{
    private SimulatedCluster? _cluster;

    public IGrainFactory Grains => _cluster!.Grains;

    public TimeSpan ResponseTimeout => TimeSpan.FromSeconds(30);

    public Task Start(bool withFilters)
    {
        _cluster = new SimulatedCluster(new()
        {
            Assemblies = { typeof(SimulatedHost).Assembly },
            Storages = { "memory", "bank" },
            ConfigureServices = services =>
            {
                services.Configure<SiloMessagingOptions>(options => options.MaxEnqueuedRequestsHardLimit = 100);
                if (withFilters)
                    services.AddIncomingGrainCallFilter<Subjects.MarkingFilters>().AddOutgoingGrainCallFilter<Subjects.MarkingFilters>();
            },
        });
        return Task.CompletedTask;
    }

    public Task Run(Func<Task> body)
    {
        _cluster!.Run(body, TimeSpan.FromDays(1));
        return Task.CompletedTask;
    }

    public Task Delay(TimeSpan span) => _cluster!.Delay(span);
    public Task Stop() => _cluster!.Stop();

    public async Task Restart()
    {
        await Stop();
        _cluster!.Crash();
    }

    public ValueTask DisposeAsync()
    {
        _cluster!.Dispose();
        return ValueTask.CompletedTask;
    }
}
