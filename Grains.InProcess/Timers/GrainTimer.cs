using Orleans.InProcess;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>A tick is a request of the activation to itself: it waits its turn unless it interleaves. The next is due a period after it ended.</summary>
internal abstract class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime, _period;
    private bool _isTicking, _changed;

    protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        (_activation, _options) = (activation, options);
        _timer = CleanContext.CreateTimer(activation.Silo.Time, static timer => ((GrainTimer)timer!).OnDue(), this);
        Change(options.DueTime, options.Period);
        activation.Lifecycle.Add(this);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        (_dueTime, _period, _changed) = (dueTime, period, true);
        if (!_isTicking && !_disposed.IsCancellationRequested)
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _activation.Lifecycle.Remove(this);
        _timer.Dispose();
        _disposed.Cancel();
    }

    protected abstract Task Call(CancellationToken disposed);

    private static void Check(TimeSpan span, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((long)span.TotalMilliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)span.TotalMilliseconds, 0xfffffffe, name);
    }

    private void OnDue()
    {
        _isTicking = true;
        if (!_activation.Receive(new Tick(this) { Silo = _activation.Silo, Target = _activation.GrainId, Sender = _activation }))
            Dispose();
    }

    private async Task Run()
    {
        try
        {
            if (_disposed.IsCancellationRequested)
                return;
            _changed = false;
            await Call(_disposed.Token);
        }
        finally
        {
            _isTicking = false;
            if (!_disposed.IsCancellationRequested)
                _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Tick(GrainTimer timer) : Request<object>
    {
        public override MethodTraits Traits => timer._options.Interleave ? MethodTraits.InterleavingTick : MethodTraits.Tick;
        public override bool CountsAsUse => timer._options.KeepAlive;
        public override Task Execute(object target) => timer.Run();
    }
}

internal sealed class GrainTimer<TState>(
    Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) : GrainTimer(activation, options)
{
    protected override Task Call(CancellationToken disposed) => callback(state, disposed);
}

internal sealed class TimerRegistry : ITimerRegistry
{
    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(grainContext, RuntimeContext.Current))
            throw new InvalidOperationException("A grain's timer can only be registered in the grain's own turn.");
        return new GrainTimer<TState>((Activation)grainContext, callback, state, options);
    }
}
