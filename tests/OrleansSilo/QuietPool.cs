[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace Webphone.OrleansSilo;

/// <summary>
/// Knows when the thread pool, on which all of Orleans runs, has had nothing to do for a moment. It watches from a thread of its own, so
/// as not to see itself. The one moment of real time in these tests: Orleans does not say when it is idle.
/// </summary>
internal static class QuietPool
{
    private const int LooksAtRest = 2;

    /// <summary>Some thread of the pool is held by who knows whom, such as the test runner: then only a longer silence says something.</summary>
    private const int LooksBesideOthers = 6;
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
        var (quiet, done) = (0, -1L);
        while (true)
        {
            Thread.Sleep(Look);
            var now = ThreadPool.CompletedWorkItemCount;
            quiet = ThreadPool.PendingWorkItemCount == 0 && now == done ? quiet + 1 : 0;
            done = now;
            if (quiet < (BusyThreads() <= Volatile.Read(ref _blocked) ? LooksAtRest : LooksBesideOthers)) continue;
            if (!OthersRun()) return;
            quiet = 0;
        }
    }

    /// <summary>
    /// A thread but this one runs, or would if the machine had a processor for it: it works at something long, such as compiling what is used for the first
    /// time, of which the pool's counters say nothing.
    /// </summary>
    private static bool OthersRun()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var running = 0;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var stat = File.ReadAllText(thread + "/stat");
                if (stat.AsSpan(stat.LastIndexOf(')') + 2)[0] is 'R' or 'D') running++;
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        return running > 1;
    }

    private static int BusyThreads()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free;
    }
}
