namespace Orleans.InProcess;

/// <summary>The execution context without any AsyncLocal, in which every turn starts: a grain sees its caller's RequestContext and nothing else of it.</summary>
internal static class CleanContext
{
    public static readonly ExecutionContext Value = Capture();

    /// <summary>A timer that does not carry its creator's context around.</summary>
    public static ITimer CreateTimer(TimeProvider time, TimerCallback callback, object state)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using (ExecutionContext.SuppressFlow())
            return time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static ExecutionContext Capture()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }
}
