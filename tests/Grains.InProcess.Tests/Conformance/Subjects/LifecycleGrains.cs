using Orleans.Concurrency;
using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

public interface ILifecycleGrain : IGrainWithStringKey
{
    Task<int> Increment();
    Task Hold(string gate);
    Task Leave();
    Task LeaveThenHold(string gate);
    Task Stay(TimeSpan span);
}

public interface IShortLivedGrain : ILifecycleGrain;

public interface IKeptGrain : ILifecycleGrain;

public interface IFailingStartGrain : IGrainWithStringKey
{
    Task<string> Hello();
}

public interface IIntegerGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

public interface IGuidGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

public interface ICompoundGrain : IGrainWithIntegerCompoundKey
{
    Task<string> Key();
}

[StatelessWorker(2)]
public sealed class PairGrain : Grain, IPairGrain
{
    public Task Hold(string gate)
    {
        Journal.Add(this.GetPrimaryKeyString(), "started");
        return Journal.Wait(gate);
    }
}

public interface IPairGrain : IGrainWithStringKey
{
    Task Hold(string gate);
}

public class LifecycleGrain : Grain, ILifecycleGrain
{
    private int _count;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add(this.GetPrimaryKeyString(), "activated");
        return base.OnActivateAsync(cancellationToken);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    public Task<int> Increment() => Task.FromResult(++_count);

    public async Task Hold(string gate)
    {
        await Journal.Wait(gate);
        Journal.Add(this.GetPrimaryKeyString(), "held");
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task LeaveThenHold(string gate)
    {
        DeactivateOnIdle();
        return Hold(gate);
    }

    public Task Stay(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }
}

[CollectionAgeLimit(Minutes = 3)]
public sealed class ShortLivedGrain : LifecycleGrain, IShortLivedGrain;

[KeepAlive]
public sealed class KeptGrain : LifecycleGrain, IKeptGrain;

public sealed class FailingStartGrain : Grain, IFailingStartGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var attempts = Journal.Of(this.GetPrimaryKeyString()).Length;
        Journal.Add(this.GetPrimaryKeyString(), "attempt");
        return attempts == 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
    }

    public Task<string> Hello() => Task.FromResult("hello");
}

public sealed class IntegerGrain : Grain, IIntegerGrain
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

public sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

public sealed class CompoundGrain : Grain, ICompoundGrain
{
    public Task<string> Key() => Task.FromResult($"{this.GetPrimaryKeyLong(out var extension)} {extension}");
}
