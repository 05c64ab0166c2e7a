[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace Webphone.OrleansSilo;

/// <summary>
/// Knows when the thread pool, on which all of Orleans runs, has had nothing to do for a moment. It watches from a thread of its own, so
/// as not to see itself. The one moment of real time in these tests: Orleans does not say when it is idle.
/// </summary>
internal static class QuietPool
{
    private const int LooksNeeded = 3;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Task Wait() => Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Watch()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var (quiet, seen) = (0, (Busy: -1, Done: -1L));
        while (quiet < LooksNeeded && clock.Elapsed < Patience)
        {
            Thread.Sleep(Look);
            var now = (BusyThreads(), ThreadPool.CompletedWorkItemCount);
            quiet = ThreadPool.PendingWorkItemCount == 0 && now == seen ? quiet + 1 : 0;
            seen = now;
        }
    }

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free;
    }
}
