using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>What an activation does at its start and end, and what it owns in between. Runs in the activation's turns.</summary>
internal sealed class ActivationLifecycle(Activation activation, object? instance) : IGrainLifecycle
{
    private object? _instance = instance;
    private IServiceScope? _scope;
    private List<(int Stage, ILifecycleObserver Observer)>? _observers;
    private List<GrainTimer>? _timers;
    private List<Guid>? _reentrantChains;
    private TaskCompletionSource? _deactivated;
    private bool _isGone;

    /// <summary>The grain, or the observer while anybody else holds it.</summary>
    public object? Instance => _instance is WeakReference observer ? observer.Target : _instance;

    public DeactivationReason Reason { get; set; }

    /// <summary>It was told to go while it started.</summary>
    public bool IsUnwanted => Reason.ReasonCode != DeactivationReasonCode.None;

    public IServiceProvider Services => (_scope ??= activation.Silo.Services.CreateScope()).ServiceProvider;

    public Task Deactivated
    {
        get
        {
            lock (this)
            {
                if (_isGone)
                    return Task.CompletedTask;
                return (_deactivated ??= new(activation.Silo.PromiseOptions)).Task;
            }
        }
    }

    public async Task Activate()
    {
        try
        {
            var limit = activation.Silo.Collection.ActivationTimeout;
            using var late = new CancellationTokenSource(limit, activation.Silo.Time);
            await Start(late.Token).WaitAsync(limit, activation.Silo.Time);
        }
        catch (Exception error)
        {
            activation.Silo.Log.ActivationFailed(activation.GrainId, error);
            await End();
            Leave(error);
            return;
        }

        activation.OnActive();
    }

    public async Task Close()
    {
        try
        {
            DropTimers();
            var limit = activation.Silo.Collection.DeactivationTimeout;
            using var late = new CancellationTokenSource(limit, activation.Silo.Time);
            await Stop(late.Token).WaitAsync(limit, activation.Silo.Time);
        }
        catch (Exception error)
        {
            activation.Silo.Log.DeactivationFailed(activation.GrainId, error);
        }

        await End();
        Leave(null);
    }

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        var entry = (stage, observer);
        (_observers ??= []).Add(entry);
        return new Unsubscriber(() => _observers.Remove(entry));
    }

    public void Add(GrainTimer timer)
    {
        lock (this)
            (_timers ??= []).Add(timer);
    }

    public void Remove(GrainTimer timer)
    {
        lock (this)
            _timers?.Remove(timer);
    }

    public void DropTimers()
    {
        GrainTimer[] timers;
        lock (this)
            timers = _timers?.ToArray() ?? [];
        foreach (var timer in timers)
            timer.Dispose();
    }

    public void EnterReentrantSection(Guid chain)
    {
        lock (activation)
            (_reentrantChains ??= []).Add(chain);
    }

    public void LeaveReentrantSection(Guid chain)
    {
        lock (activation)
            _reentrantChains?.Remove(chain);
    }

    public bool MayReenter(Request request) =>
        _reentrantChains is { Count: > 0 } chains && RequestContext.ReentrancyIdIn(request.Context) is var chain && chain != Guid.Empty && chains.Contains(chain);

    private async Task Start(CancellationToken late)
    {
        _instance = activation.Class.Create(activation);
        if (_observers is not null)
        {
            foreach (var (_, observer) in _observers.OrderBy(entry => entry.Stage).ToArray())
                await observer.OnStart(late);
        }

        if (_instance is IGrainBase grain)
            await grain.OnActivateAsync(late);
    }

    private async Task Stop(CancellationToken late)
    {
        try
        {
            if (_instance is IGrainBase grain)
                await grain.OnDeactivateAsync(Reason, late);
        }
        finally
        {
            if (_observers is not null)
            {
                foreach (var (_, observer) in _observers.OrderByDescending(entry => entry.Stage).ToArray())
                    await observer.OnStop(late);
            }
        }
    }

    private async Task End()
    {
        DropTimers();
        try
        {
            if (_instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else if (_instance is IDisposable disposable)
                disposable.Dispose();
            if (_scope is IAsyncDisposable scope)
                await scope.DisposeAsync();
            else
                _scope?.Dispose();
        }
        catch (Exception error)
        {
            activation.Silo.Log.DeactivationFailed(activation.GrainId, error);
        }
    }

    private void Leave(Exception? startFailure)
    {
        activation.OnGone(startFailure);
        lock (this)
            _isGone = true;
        _deactivated?.TrySetResult();
    }

    private sealed class Unsubscriber(Action unsubscribe) : IDisposable
    {
        public void Dispose() => unsubscribe();
    }
}
