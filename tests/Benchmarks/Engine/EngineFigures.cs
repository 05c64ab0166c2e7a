using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Webphone.Benchmarks.Engine;

/// <summary>The two figures that the engine promises, measured in seconds: calls a second on one thread, bytes per idle activation.</summary>
internal static class EngineFigures
{
    private const int Calls = 5_000_000;
    private const int Activations = 200_000;

    public static async Task Print()
    {
        await using var services = EngineBenchmarks.Services();
        var grains = services.GetRequiredService<IGrainFactory>();
        var (first, second) = (grains.GetGrain<IBenchmarkGrain>("a"), grains.GetGrain<IBenchmarkGrain>("b"));
        for (var round = 0; round < 3; round++)
        {
            await Time("from outside", Calls, async () =>
            {
                for (var call = 0; call < Calls; call++)
                    await first.Add(1);
            });
            await Time("from grain to grain", Calls, () => first.CallOther(second, Calls));
            await Time("awaiting callee", Calls / 10, async () =>
            {
                for (var call = 0; call < Calls / 10; call++)
                    await first.AddAfterAwait(1);
            });
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 0; number < Activations; number++)
            await grains.GetGrain<IBenchmarkGrain>($"tenant/{number}").Nothing();
        var plain = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 0; number < Activations; number++)
            await grains.GetGrain<IStoredBenchmarkGrain>($"tenant/{number}").Touch();
        var stored = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"idle activation, no state:  {(plain - before) / Activations} bytes, grain, key and directory entry included");
        Console.WriteLine($"idle activation, one state: {(stored - plain) / Activations} bytes, state included");
    }

    private static async Task Time(string name, int calls, Func<Task> run)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await run();
        var spent = Environment.CpuUsage.TotalTime - cpu;
        Console.WriteLine($"{name,-20} {calls / watch.Elapsed.TotalSeconds,12:N0} calls/s {spent.TotalMicroseconds / calls,6:N2} us CPU/call {(GC.GetTotalAllocatedBytes() - allocated) / calls,5} B/call");
    }
}
