using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Webphone.OrleansSilo;

namespace Webphone.Grains.InProcess.Tests.Conformance.Hosts.Orleans;

/// <summary>Microsoft Orleans itself, which decides what is right.</summary>
public sealed class OrleansHost : IConformanceHost
{
    private readonly CopyingStorage _storage = new();
    private VirtualSilo? _silo;

    public IGrainFactory Grains => _silo!.Grains;

    /// <summary>Orleans measures it by the real clock: short, and still enough for a machine that does much else.</summary>
    public TimeSpan ResponseTimeout => TimeSpan.FromSeconds(10);

    public bool AgeIsVirtual => false;

    public Task Start(bool withFilters)
    {
        _silo = new VirtualSilo(silo =>
        {
            silo.Services.AddGrainStorage("memory", (_, _) => _storage);
            silo.Services.AddGrainStorage("bank", (_, _) => _storage);
            silo.Configure<SiloMessagingOptions>(options => (options.ResponseTimeout, options.MaxEnqueuedRequestsHardLimit) = (ResponseTimeout, 100));
            if (withFilters) silo.AddIncomingGrainCallFilter<Subjects.MarkingFilters>().AddOutgoingGrainCallFilter<Subjects.MarkingFilters>();
        });
        return _silo.Start();
    }

    public Task Run(Func<Task> body) => body();

    public Task Delay(TimeSpan span) => _silo!.Delay(span);

    public async Task WaitOut(TimeSpan span)
    {
        await Task.Delay(span);
        await Delay(TimeSpan.FromMilliseconds(1));
    }

    public Task Stop() => _silo!.Stop();

    public async Task Restart()
    {
        await Stop();
        await _silo!.Start();
    }

    public ValueTask DisposeAsync() => _silo!.DisposeAsync();
}
