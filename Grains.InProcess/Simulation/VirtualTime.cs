namespace Orleans.Simulation;

/// <summary>A clock that stands still until somebody moves it, and the timers on it, which fire on the thread that does. Timers may be set from any.</summary>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _queue = new();
    private long _now = start.UtcTicks;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer is due; null if none is set.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_queue)
            {
                while (_queue.TryPeek(out var next, out var key))
                {
                    if (next.Timer.Version == next.Version)
                        return new DateTimeOffset(key.Due, TimeSpan.Zero);
                    _queue.Dequeue();
                }

                return null;
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);
    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next due timer and fires it; false, without moving past <paramref name="limit"/>, if none is due by then.</summary>
    public bool FireNext(DateTimeOffset limit)
    {
        VirtualTimer timer;
        lock (_queue)
        {
            if (NextDue is not { } due || due > limit)
            {
                _now = Math.Max(_now, limit.UtcTicks);
                return false;
            }

            _now = Math.Max(_now, due.UtcTicks);
            timer = _queue.Dequeue().Timer;
            timer.OnFiring();
        }

        timer.Fire();
        return true;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _period = -1;
        private bool _disposed;

        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._queue)
            {
                if (_disposed)
                    return false;
                Version++;
                _period = period.Ticks;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    Enqueue(time._now + dueTime.Ticks);
                return true;
            }
        }

        public void OnFiring()
        {
            Version++;
            if (_period > 0)
                Enqueue(time._now + _period);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._queue)
            {
                _disposed = true;
                Version++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Enqueue(long due) => time._queue.Enqueue((this, Version), (due, time._order++));
    }
}
