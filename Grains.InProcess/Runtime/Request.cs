using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.InProcess;

/// <summary>
/// One call on its way: its arguments are the fields of the emitted class that derives from <see cref="Request{TResult}"/>.
/// A call that its callee finishes at once on the caller's thread costs no promise; any other gets one, and a time limit with it.
/// </summary>
internal abstract class Request : IInvokable
{
    private FieldInfo[]? _argumentFields;

    public Silo Silo = null!;
    public Activation? Callee;
    public IGrainContext? Sender;
    public GrainId Target;
    public Dictionary<string, object>? Context;

    /// <summary>The next of the requests that wait for the same activation.</summary>
    public Request? NextWaiting;

    /// <summary>Neighbours in the queue of time limits, which alone may touch these.</summary>
    public Request? LaterDeadline, EarlierDeadline;
    public CallTimeouts.Limit? Limit;
    public long Deadline;

    /// <summary>The caller will not learn how it ended.</summary>
    public bool IsAnswerLost;

    public abstract MethodTraits Traits { get; }

    /// <summary>What the caller gets: the method's own finished task, or the promise.</summary>
    public abstract Task Answer { get; }

    /// <summary>A timer's tick that does not keep its activation from idling.</summary>
    public virtual bool CountsAsUse => true;

    public abstract bool IsAbandoned { get; }

    /// <summary>Calls the method; emitted.</summary>
    public abstract Task Execute(object target);

    public abstract void Promise();
    public abstract void Settle(Task finished);
    public abstract Task Failed(Exception error);
    public abstract object? ResultOf(Task finished);
    public abstract Task ExecuteThroughFilters(object target, IIncomingGrainCallFilter[] filters);

    /// <summary>The first turn of the call, on the callee's scheduler.</summary>
    public void Begin()
    {
        var callee = Callee!;
        Task task;
        try
        {
            if (Context is not null)
                RequestContext.Current = Context;
            task = callee.Run(this) ?? throw new InvalidOperationException($"{Traits.Name} returned null instead of a task.");
        }
        catch (Exception error)
        {
            task = Failed(error);
        }

        if (task.IsCompleted)
        {
            End(task);
            return;
        }

        Promise();
        task.ContinueWith(
            static (finished, request) => ((Request)request!).End(finished), this,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void TimeOut(TimeSpan limit) =>
        Settle(Failed(new TimeoutException($"Response did not arrive on time in {limit} for message: {Traits.Name} to {Target}.")));

    private void End(Task task)
    {
        Callee!.Finish(this, task);
        if (!IsAnswerLost)
            Settle(task);
    }

    int IInvokable.GetArgumentCount() => Arguments.Length;
    object? IInvokable.GetArgument(int index) => Arguments[index].GetValue(this);
    void IInvokable.SetArgument(int index, object value) => Arguments[index].SetValue(this, value);
    string IInvokable.GetMethodName() => Traits.Method?.Name ?? Traits.Name;
    string IInvokable.GetInterfaceName() => Traits.InterfaceType?.Name ?? "";
    MethodInfo IInvokable.GetMethod() => Traits.Method!;
    Type IInvokable.GetInterfaceType() => Traits.InterfaceType!;
    TimeSpan? IInvokable.GetDefaultResponseTimeout() => Traits.ResponseTimeout;

    private FieldInfo[] Arguments => _argumentFields ??= GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);
}

/// <summary>A call whose method returns a <see cref="Task{TResult}"/>, or a plain task when the result is <see cref="object"/> and unused.</summary>
internal abstract class Request<TResult> : Request
{
    private Task? _finished;
    private TaskCompletionSource<TResult>? _promise;

    public sealed override Task Answer => Traits.IsOneWay ? Task.CompletedTask : _promise?.Task ?? _finished!;
    public sealed override bool IsAbandoned => _promise is { Task.IsCompleted: true };

    public sealed override void Promise()
    {
        if (Traits.IsOneWay || _promise is not null)
            return;
        _promise = new(Silo.PromiseOptions);
        Silo.Timeouts.Add(this);
    }

    public sealed override Task Failed(Exception error) => Task.FromException<TResult>(error);

    public sealed override object? ResultOf(Task finished) => finished is Task<TResult> typed ? typed.Result : null;

    public sealed override void Settle(Task finished)
    {
        if (_promise is null)
        {
            _finished = finished;
            // That an observer is gone is an everyday event.
            if (Traits.IsOneWay && finished.Exception?.InnerException is { } unheard and not ClientNotAvailableException)
                Silo.Log.OneWayCallFailed(Traits.Name, Target, unheard);
            return;
        }

        Limit?.Remove(this);
        if (finished.IsCompletedSuccessfully)
            _promise.TrySetResult(finished is Task<TResult> typed ? typed.Result : default!);
        else if (finished.IsCanceled)
            _promise.TrySetCanceled();
        else
            _promise.TrySetException(finished.Exception!.InnerExceptions);
    }

    public sealed override Task ExecuteThroughFilters(object target, IIncomingGrainCallFilter[] filters) => Filtered(new IncomingCall(this, target, filters));

    /// <summary>The caller's side of a call when the silo has outgoing filters.</summary>
    public async Task<TResult> SendThroughFilters(GrainReference reference, IOutgoingGrainCallFilter[] filters) =>
        await Filtered(new OutgoingCall(this, reference, filters));

    private static async Task<TResult> Filtered(FilteredCall call)
    {
        await call.Invoke();
        return call.Result is null ? default! : (TResult)call.Result;
    }
}
