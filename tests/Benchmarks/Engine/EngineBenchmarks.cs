using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;

namespace Webphone.Benchmarks.Engine;

/// <summary>A grain call's cost: from outside, from another grain, and when the callee does not finish at once.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Calls = 1000;

    private ServiceProvider _services = null!;
    private IBenchmarkGrain _grain = null!;
    private IBenchmarkGrain _other = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _services = Services();
        var grains = _services.GetRequiredService<IGrainFactory>();
        _grain = grains.GetGrain<IBenchmarkGrain>("a");
        _other = grains.GetGrain<IBenchmarkGrain>("b");
        await _grain.CallOther(_other, 1);
    }

    [GlobalCleanup]
    public void Cleanup() => _services.Dispose();

    [Benchmark]
    public Task<int> Call_with_a_result() => _grain.Add(1);

    [Benchmark]
    public Task Call_without_a_result() => _grain.Nothing();

    [Benchmark]
    public Task<int> Call_that_awaits() => _grain.AddAfterAwait(1);

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task<int> Call_from_grain_to_grain() => _grain.CallOther(_other, Calls);

    internal static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddInProcessGrains(typeof(EngineBenchmarks).Assembly);
        services.AddMemoryGrainStorage("memory");
        return services.BuildServiceProvider();
    }
}
