using Orleans;
using Orleans.Runtime;

namespace Webphone.Benchmarks.Engine;

public interface IBenchmarkGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);
    Task Nothing();
    Task<int> AddAfterAwait(int amount);
    Task<int> CallOther(IBenchmarkGrain other, int times);
}

public interface IStoredBenchmarkGrain : IGrainWithStringKey
{
    Task Touch();
}

public sealed class BenchmarkGrain : Grain, IBenchmarkGrain
{
    private int _sum;

    public Task<int> Add(int amount) => Task.FromResult(_sum += amount);
    public Task Nothing() => Task.CompletedTask;

    public async Task<int> AddAfterAwait(int amount)
    {
        await Task.Yield();
        return _sum += amount;
    }

    public async Task<int> CallOther(IBenchmarkGrain other, int times)
    {
        var last = 0;
        for (var time = 0; time < times; time++)
            last = await other.Add(1);
        return last;
    }
}

/// <summary>A grain with one persisted state, as most are: what an idle activation costs.</summary>
public sealed class StoredBenchmarkGrain([PersistentState("state", "memory")] IPersistentState<BenchmarkState> state) : Grain, IStoredBenchmarkGrain
{
    public Task Touch()
    {
        state.State.Touched++;
        return Task.CompletedTask;
    }
}

public sealed class BenchmarkState
{
    public int Touched { get; set; }
}
