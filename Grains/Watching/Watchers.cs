using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Watching;

/// <summary>
/// The watchers of one grain. Each is told everything in order, one thing at a time, and none waits for another. One that does not
/// renew its lease, fails, or falls <see cref="MaxBehind"/> behind is dropped: it will watch again and start from a snapshot.
/// For one grain's turns.
/// </summary>
internal sealed partial class Watchers<TWatcher>(TimeSpan lease, TimeProvider time, ILogger log)
    where TWatcher : IGrainObserver
{
    public const int MaxBehind = 64;

    private readonly Dictionary<TWatcher, Watcher> _watchers = [];

    /// <summary>There is anyone to tell.</summary>
    public bool Any
    {
        get
        {
            if (_watchers.Count > 0) DropExpired();
            return _watchers.Count > 0;
        }
    }

    public void Watch(TWatcher watcher)
    {
        DropExpired();
        if (!_watchers.TryGetValue(watcher, out var known)) _watchers[watcher] = known = new Watcher();
        known.Until = time.GetUtcNow() + lease;
    }

    public void Unwatch(TWatcher watcher) => _watchers.Remove(watcher);

    public void Tell(Func<TWatcher, Task> news)
    {
        if (!Any) return;
        foreach (var (watcher, state) in _watchers)
        {
            state.News.Enqueue(news);
            // Removing is the one change that an enumerated dictionary allows.
            if (state.News.Count > MaxBehind) _watchers.Remove(watcher);
        }

        foreach (var (watcher, state) in _watchers.ToArray())
        {
            if (!state.Running) _ = Run(watcher, state);
        }
    }

    private async Task Run(TWatcher watcher, Watcher state)
    {
        state.Running = true;
        try
        {
            while (state.News.TryDequeue(out var news))
            {
                var telling = news(watcher);
                await (telling.IsCompleted ? telling : telling.WaitAsync(EdgeLimits.CommandTimeout, time));
            }
        }
        catch (Exception error)
        {
            LogDropped(log, error);
            if (_watchers.TryGetValue(watcher, out var now) && ReferenceEquals(now, state)) _watchers.Remove(watcher);
        }

        state.Running = false;
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        foreach (var (watcher, state) in _watchers)
        {
            if (state.Until <= now) _watchers.Remove(watcher);
        }
    }

    private sealed class Watcher
    {
        public readonly Queue<Func<TWatcher, Task>> News = [];
        public DateTimeOffset Until;
        public bool Running;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A watcher failed and is dropped")]
    private static partial void LogDropped(ILogger log, Exception error);
}
