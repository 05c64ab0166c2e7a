using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Engine;

internal interface IInternalGrain : IGrainWithStringKey
{
    Task<InternalMessage> Echo(InternalMessage message);
}

internal sealed record InternalMessage(int Number);

internal sealed class InternalGrain : Grain, IInternalGrain
{
    public Task<InternalMessage> Echo(InternalMessage message) => Task.FromResult(message);
}

public interface IChainGrain : IGrainWithIntegerKey
{
    Task<int> Down(int further);
    Task<int> Thread();
    Task<bool> HasSynchronizationContext();
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<int> Down(int further) =>
        further == 0 ? 0 : 1 + await GrainFactory.GetGrain<IChainGrain>(this.GetPrimaryKeyLong() + 1).Down(further - 1);

    public Task<int> Thread() => Task.FromResult(Environment.CurrentManagedThreadId);
    public Task<bool> HasSynchronizationContext() => Task.FromResult(SynchronizationContext.Current is not null);
}

public interface IUnmakeableGrain : IGrainWithStringKey
{
    Task Nothing();
}

public sealed class UnmakeableGrain : Grain, IUnmakeableGrain
{
    public UnmakeableGrain() => throw new InvalidOperationException("constructor failed");

    public Task Nothing() => Task.CompletedTask;
}

public interface IScopedGrain : IGrainWithStringKey
{
    Task<int> Service();
    Task Leave();
}

public sealed class ScopedService : IDisposable
{
    private static int _made;

    public int Number { get; } = Interlocked.Increment(ref _made);
    public static int Disposed { get; private set; }

    public void Dispose() => Disposed++;
}

public sealed class ScopedGrain(ScopedService service, IGrainContext context) : IGrainBase, IScopedGrain
{
    public IGrainContext GrainContext => context;

    public Task<int> Service() => Task.FromResult(service.Number);

    public Task Leave()
    {
        this.DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
