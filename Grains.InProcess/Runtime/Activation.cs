using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.InProcess;

/// <summary>
/// One activation: its mailbox, and the scheduler of its turns. Requests wait in the mailbox until they may start; their first turns
/// and every continuation of an await run here one at a time, because only the thread that set <c>_owned</c> runs them.
/// A request to an idle activation runs at once on its caller's thread: that is an order of turns that any cluster could have had.
/// <code>
///  New → Activating → Active → Deactivating → Closing → Gone
///                └── failed: Gone, the waiting callers get the error ──┘
/// </code>
/// </summary>
internal sealed class Activation : TaskScheduler, IGrainContext, ICallTarget, ITurns, IThreadPoolWorkItem
{
    private const int TurnsInline = 8;

    private static readonly Action<object?> BeginRequest = static request => ((Request)request!).Begin();
    private static readonly Action<object?> ActivateNow = static activation => _ = ((Activation)activation!)._lifecycle.Activate();
    private static readonly Action<object?> CloseNow = static activation => _ = ((Activation)activation!)._lifecycle.Close();

    private readonly Silo _silo;
    private readonly ActivationLifecycle _lifecycle;
    private Queue<Task>? _turns;
    private WaitingRequests _waiting;
    private Request? _blocking;
    private int _running;
    private int _lastUse;
    private int _keepUntil;
    private ActivationState _state;
    private bool _owned;
    private bool _killed;

    public Activation(Silo silo, GrainClass grainClass, GrainId grainId, object? instance = null)
    {
        _silo = silo;
        _lifecycle = new ActivationLifecycle(this, instance);
        Class = grainClass;
        GrainId = grainId;
        _state = instance is null ? ActivationState.New : ActivationState.Active;
        _lastUse = silo.Epoch;
        silo.Dispatcher.Created(this);
    }

    public Silo Silo => _silo;
    public GrainClass Class { get; }
    public GrainId GrainId { get; }
    public ActivationLifecycle Lifecycle => _lifecycle;
    public GrainReference GrainReference => Proxies.Make(Class.Interfaces[0], _silo, GrainId);
    public object? GrainInstance => _lifecycle.Instance;
    public IServiceProvider ActivationServices => _lifecycle.Services;
    public IGrainLifecycle ObservableLifecycle => _lifecycle;
    public Task Deactivated => _lifecycle.Deactivated;
    public bool IsGone => _state == ActivationState.Gone;

    /// <summary>How much it has to do; what stateless workers share load by.</summary>
    public int Load => _running + _waiting.Count;

    public bool Receive(Request request)
    {
        bool schedule;
        lock (this)
        {
            if (_state == ActivationState.Gone)
                return false;
            request.Callee = this;
            if (!_owned && _state == ActivationState.Active && _waiting.Count == 0 && _turns is not { Count: > 0 } && _silo.Dispatcher.MayRunInline(this)
                && MayStart(request))
            {
                _owned = true;
                RecordStart(request);
                schedule = false;
            }
            else
            {
                if (_waiting.Count >= _silo.MaxWaiting && !request.Traits.IsLocal)
                {
                    request.Settle(request.Failed(new LimitExceededException(nameof(_silo.MaxWaiting), _waiting.Count, _silo.MaxWaiting, GrainId)));
                    return true;
                }

                request.Promise();
                _waiting.Add(request);
                if (_owned)
                    return true;
                _owned = schedule = true;
            }
        }

        if (schedule && !(_state == ActivationState.New && _silo.Dispatcher.MayRunInline(this)))
            _silo.Dispatcher.Schedule(this);
        else
            RunInline(schedule ? null : request);
        return true;
    }

    /// <summary>Runs one turn; false, and no longer owned, when there is none.</summary>
    public bool RunNext()
    {
        Task? turn;
        lock (this)
        {
            turn = NextTurn();
            if (turn is null)
            {
                _owned = false;
                return false;
            }
        }

        RunTurn(turn);
        return true;
    }

    public Task Run(Request request)
    {
        if (request.Traits.IsLocal)
            return request.Execute(this);
        var target = _lifecycle.Instance ?? throw new ClientNotAvailableException($"The observer {GrainId} is gone.");
        return _silo.IncomingFilters.Length == 0 && target is not IIncomingGrainCallFilter
            ? request.Execute(target)
            : request.ExecuteThroughFilters(target, _silo.IncomingFilters);
    }

    public void Finish(Request request, Task finished)
    {
        lock (this)
        {
            _running--;
            if (_blocking == request)
                _blocking = null;
            if (request.CountsAsUse)
                _lastUse = _silo.Epoch;
            Wake();
        }

        if (finished.Exception?.InnerException is InconsistentStateException stale && ReferenceEquals(stale.ReadBy, this))
            Deactivate(new(DeactivationReasonCode.ApplicationError, stale, "Its state was stale."));
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (this)
        {
            if (_state is not (ActivationState.New or ActivationState.Activating or ActivationState.Active))
                return;
            _lifecycle.Reason = deactivationReason;
            // One that is still starting finishes its start first.
            if (_state == ActivationState.Activating)
                return;
            _state = ActivationState.Deactivating;
            Wake();
        }
    }

    /// <summary>The start succeeded.</summary>
    public void OnActive()
    {
        lock (this)
        {
            if (_state != ActivationState.Activating)
                return;
            _state = _lifecycle.IsUnwanted ? ActivationState.Deactivating : ActivationState.Active;
            _lastUse = _silo.Epoch;
            Wake();
        }
    }

    /// <summary>Leaves the directory. What waits goes on to a new activation, or fails with the reason for which this one could not start.</summary>
    public void OnGone(Exception? startFailure)
    {
        Request? request;
        lock (this)
        {
            _state = ActivationState.Gone;
            request = _waiting.TakeAll();
            _silo.Forget(this);
        }

        for (Request? next; request is not null; request = next)
        {
            next = request.NextWaiting;
            request.NextWaiting = null;
            if (startFailure is not null)
                request.Settle(request.Failed(startFailure));
            else if (!request.Traits.IsLocal)
                _silo.Redeliver(request);
        }
    }

    /// <summary>The process is gone: no turn runs any more.</summary>
    public void Kill()
    {
        lock (this)
        {
            _killed = true;
            _state = ActivationState.Gone;
            _turns = null;
            _waiting.TakeAll();
            _lifecycle.DropTimers();
        }
    }

    /// <summary>Starts to go if it has been idle for its age limit.</summary>
    public void CollectIfIdle(int epoch)
    {
        lock (this)
        {
            if (_state != ActivationState.Active || _owned || Load > 0 || epoch < _keepUntil || epoch - _lastUse <= Class.AgeLimit)
                return;
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, "It was idle for its age limit."));
    }

    public bool IsIdle
    {
        get
        {
            lock (this)
                return _state == ActivationState.Active && !_owned && Load == 0;
        }
    }

    public void Delay(TimeSpan span) => _keepUntil = span <= TimeSpan.Zero ? 0 : _silo.EpochAfter(span);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);
    public override string ToString() => $"[{GrainId} {_state}]";

    void IThreadPoolWorkItem.Execute()
    {
        while (RunNext())
        {
        }
    }

    protected override void QueueTask(Task task)
    {
        if (!_silo.Dispatcher.CheckThread(Class.Name))
            return;
        lock (this)
        {
            if (_killed)
                return;
            (_turns ??= new(4)).Enqueue(task);
            Wake();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (this)
            return _turns?.ToArray() ?? [];
    }

    private Task? NextTurn()
    {
        if (_killed)
            return null;
        if (_turns is { Count: > 0 } turns)
            return turns.Dequeue();
        switch (_state)
        {
            case ActivationState.New:
                _state = ActivationState.Activating;
                return new Task(ActivateNow, this);
            case ActivationState.Active when _waiting.TakeStartable(this) is { } request:
                RecordStart(request);
                return new Task(BeginRequest, request);
            case ActivationState.Deactivating when _running == 0:
                _state = ActivationState.Closing;
                return new Task(CloseNow, this);
            default:
                return null;
        }
    }

    /// <summary>Whether the request may run beside those in progress. Call under the lock.</summary>
    public bool MayStart(Request request) =>
        _blocking is null || request.Traits.AlwaysInterleaves || (request.Traits.IsReadOnly && _blocking.Traits.IsReadOnly)
        || Class.MayInterleave(request) || _lifecycle.MayReenter(request);

    private void RecordStart(Request request)
    {
        _running++;
        if (!request.Traits.AlwaysInterleaves)
            _blocking ??= request;
    }

    private void Wake()
    {
        if (_owned)
            return;
        _owned = true;
        _silo.Dispatcher.Schedule(this);
    }

    private void RunInline(Request? request)
    {
        using (new InlineScope())
        {
            if (request is not null)
                RunTurn(new Task(BeginRequest, request));
            // The start of an activation takes a few turns; whatever takes more is not the caller's to wait for.
            for (var turns = request is null ? TurnsInline : 0; turns > 0; turns--)
            {
                if (!RunNext())
                    return;
            }
        }

        lock (this)
        {
            if (_turns is not { Count: > 0 } && _waiting.Count == 0 && _state == ActivationState.Active)
            {
                _owned = false;
                return;
            }
        }

        _silo.Dispatcher.Schedule(this);
    }

    private void RunTurn(Task turn)
    {
        using (new TurnScope(this))
        {
            // One that was queued here is bound to this scheduler already; a fresh one is bound, and run inline, by RunSynchronously.
            if (turn.Status == TaskStatus.Created)
                turn.RunSynchronously(this);
            else
                TryExecuteTask(turn);
        }
    }
}

internal enum ActivationState : byte
{
    New,
    Activating,
    Active,
    Deactivating,
    Closing,
    Gone,
}
