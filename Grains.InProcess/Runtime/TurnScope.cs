using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>Makes the thread an activation's for one turn: its context is current, and no foreign synchronization context takes its awaits away.</summary>
internal readonly ref struct TurnScope
{
    private readonly IGrainContext? _outer = RuntimeContext.Current;
    private readonly SynchronizationContext? _synchronization = SynchronizationContext.Current;

    public TurnScope(Activation activation)
    {
        RuntimeContext.Current = activation;
        if (_synchronization is not null)
            SynchronizationContext.SetSynchronizationContext(null);
    }

    public void Dispose()
    {
        RuntimeContext.Current = _outer;
        if (_synchronization is not null)
            SynchronizationContext.SetSynchronizationContext(_synchronization);
    }
}

/// <summary>Turns that run on their caller's thread: without the caller's execution context, and counted, so that the stack stays bounded.</summary>
internal readonly ref struct InlineScope
{
    [ThreadStatic]
    private static int _depth;

    private readonly ExecutionContext? _outer = ExecutionContext.Capture();

    public InlineScope()
    {
        _depth++;
        if (IsForeign)
            ExecutionContext.Restore(CleanContext.Value);
    }

    /// <summary>How many calls deep this thread's stack runs callees inline.</summary>
    public static int Depth => _depth;

    private bool IsForeign => _outer is not null && !ReferenceEquals(_outer, CleanContext.Value);

    public void Dispose()
    {
        _depth--;
        if (IsForeign)
            ExecutionContext.Restore(_outer!);
    }
}
