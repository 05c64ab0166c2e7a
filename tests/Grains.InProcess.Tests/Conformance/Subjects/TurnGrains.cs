using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

public interface ITurnGrain : IGrainWithStringKey
{
    Task Hold(string gate);
    Task<int> CountWithYields(int times);
    Task<int> CountOnTasks(int times);
    Task<bool> KeepsItsScheduler();
    Task<string> Quick();

    [AlwaysInterleave]
    Task<string> Interleaving();

    [ReadOnly]
    Task<string> Read(string gate);

    Task CallThrough(string other, bool allowBack);
    Task CallBack(string other);
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task Hold(string gate);
    Task<int> CountWithYields(int times);
    Task<string> Quick();
}

public interface IChoosyGrain : IGrainWithStringKey
{
    Task Hold(string gate);
    Task<string> Quick(bool interleave);
}

public sealed class TurnGrain : Grain, ITurnGrain
{
    private int _count;

    public Task Hold(string gate)
    {
        Journal.Add(this.GetPrimaryKeyString(), "started");
        return Journal.Wait(gate);
    }

    public async Task<int> CountWithYields(int times)
    {
        for (var time = 0; time < times; time++)
        {
            var before = _count;
            await Task.Yield();
            _count = before + 1;
        }

        return _count;
    }

    public async Task<int> CountOnTasks(int times)
    {
        // Tasks that a grain starts run as its turns: none may overlap another.
        await Task.WhenAll(Enumerable.Range(0, times).Select(_ => Task.Factory.StartNew(() => _count++)));
        await Task.WhenAll(Enumerable.Range(0, times).Select(_ => Task.CompletedTask.ContinueWith(_ => _count++)));
        return _count;
    }

    public async Task<bool> KeepsItsScheduler()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current;
        await GrainFactory.GetGrain<ITurnGrain>(this.GetPrimaryKeyString() + "-other").Quick();
        return before != TaskScheduler.Default && before == afterYield && before == TaskScheduler.Current;
    }

    public Task<string> Quick() => Task.FromResult("quick");
    public Task<string> Interleaving() => Task.FromResult("interleaved");

    public async Task<string> Read(string gate)
    {
        Journal.Add(this.GetPrimaryKeyString(), "reading");
        await Journal.Wait(gate);
        return "read";
    }

    public async Task CallThrough(string other, bool allowBack)
    {
        using var section = allowBack ? RequestContext.AllowCallChainReentrancy() : RequestContext.SuppressCallChainReentrancy();
        await GrainFactory.GetGrain<ITurnGrain>(other).CallBack(this.GetPrimaryKeyString());
    }

    public Task CallBack(string other) => GrainFactory.GetGrain<ITurnGrain>(other).Quick();
}

// All calls interleave: the subject of the tests of just that.
[Reentrant]
public sealed class ReentrantGrain : Grain, IReentrantGrain
{
    private int _inTurn;
    private int _overlaps;

    public Task Hold(string gate) => Journal.Wait(gate);
    public Task<string> Quick() => Task.FromResult("quick");

    public async Task<int> CountWithYields(int times)
    {
        for (var time = 0; time < times; time++)
        {
            if (Interlocked.Increment(ref _inTurn) != 1)
                _overlaps++;
            Interlocked.Decrement(ref _inTurn);
            await Task.Yield();
        }

        return _overlaps;
    }
}

// Calls that say so interleave.
[MayInterleave(nameof(Interleaves))]
public sealed class ChoosyGrain : Grain, IChoosyGrain
{
    public static bool Interleaves(IInvokable request) => request.GetArgumentCount() == 1 && request.GetArgument(0) is true;

    public Task Hold(string gate) => Journal.Wait(gate);
    public Task<string> Quick(bool interleave) => Task.FromResult("quick");
}
