namespace Webphone.Net.Sip.Driving;

/// <summary>
/// The time of the SIP stacks, and the one thread that wakes when the earliest of their deadlines has come. It sleeps until then, not in steps.
/// </summary>
internal sealed class SipClock : IDisposable
{
    private readonly ManualResetEventSlim _earlier = new(false, spinCount: 0);
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private Action? _due;
    private Func<long>? _nextDeadline;
    private long _sleepsUntilMs = long.MinValue;
    private volatile bool _stopped;

    public SipClock(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Sleep) { IsBackground = true, Name = "sip-timers" };
    }

    /// <summary>Milliseconds of a clock that only goes forward.</summary>
    public long NowMs => (long)(_time.GetTimestamp() * 1000.0 / _time.TimestampFrequency);

    /// <param name="nextDeadline">The earliest deadline of all stacks.</param>
    /// <param name="due">Lets every stack whose deadline has come do its work.</param>
    public void Start(Func<long> nextDeadline, Action due)
    {
        _nextDeadline = nextDeadline;
        _due = due;
        _thread.Start();
    }

    /// <summary>A stack has work by then: wakes the thread if it would sleep longer.</summary>
    public void WakeBy(long deadlineMs)
    {
        if (deadlineMs < Volatile.Read(ref _sleepsUntilMs))
            _earlier.Set();
    }

    public void Dispose()
    {
        _stopped = true;
        _earlier.Set();
        if (_thread.IsAlive && _thread != Thread.CurrentThread)
            _thread.Join();
        _earlier.Dispose();
    }

    private void Sleep()
    {
        while (!_stopped)
        {
            // Announced before the deadlines are read: one that moves after that wakes us.
            _earlier.Reset();
            Volatile.Write(ref _sleepsUntilMs, long.MaxValue);
            Interlocked.MemoryBarrier();
            var untilMs = _nextDeadline!();
            Volatile.Write(ref _sleepsUntilMs, untilMs);
            var leftMs = untilMs - NowMs;
            if (leftMs > 0 && _earlier.Wait((int)Math.Min(leftMs, int.MaxValue)))
                continue;
            if (!_stopped)
                _due!();
        }
    }
}
