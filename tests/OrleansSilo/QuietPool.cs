[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace Webphone.OrleansSilo;

/// <summary>
/// Knows when the thread pool, on which all of Orleans runs, has had nothing to do for a moment. It watches from a thread of its own, so
/// as not to see itself. The one moment of real time in these tests: Orleans does not say when it is idle.
/// </summary>
internal static class QuietPool
{
    private const int LooksAtRest = 2;

    /// <summary>
    /// Some thread of the pool is held by who knows whom, such as the test runner, or works at something long, such as compiling what is run for the first time:
    /// then only a longer silence says something, in which the process did next to nothing.
    /// </summary>
    private const int LooksBesideOthers = 60;
    private static readonly TimeSpan WorkOfLook = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static int _blocked;

    /// <summary>Runs the work for a test that is not asynchronous. The thread that it blocks does not count as busy.</summary>
    public static void Block(Func<Task> work, TimeSpan limit)
    {
        var isOfPool = Thread.CurrentThread.IsThreadPoolThread;
        if (isOfPool) Interlocked.Increment(ref _blocked);
        try
        {
            Task.Run(work).WaitAsync(limit).GetAwaiter().GetResult();
        }
        finally
        {
            if (isOfPool) Interlocked.Decrement(ref _blocked);
        }
    }

    public static Task Wait() => Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Watch()
    {
        var (quiet, done, used) = (0, -1L, TimeSpan.Zero);
        while (true)
        {
            Thread.Sleep(Look);
            var now = ThreadPool.CompletedWorkItemCount;
            var usedNow = Environment.CpuUsage.TotalTime;
            var alone = BusyThreads() <= Volatile.Read(ref _blocked);
            quiet = ThreadPool.PendingWorkItemCount == 0 && now == done && (alone || usedNow - used < WorkOfLook) ? quiet + 1 : 0;
            (done, used) = (now, usedNow);
            if (quiet >= (alone ? LooksAtRest : LooksBesideOthers)) return;
        }
    }

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free;
    }
}
