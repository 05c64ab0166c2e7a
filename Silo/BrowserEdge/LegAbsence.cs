namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// How long a browser is out of reach for one leg, and what comes of it:
/// <code>
///   in reach ──► lost ── AwayAfter ──► away ── ReconnectTime since it was lost ──► in vain
///      ▲          │                     │
///      └──────────┴─── in reach again ──┘
/// </code>
/// Media that does not come within MediaTime counts as lost.
/// Guarded by the leg's lock, under which it also calls back, except when the waiting was in vain.
/// </summary>
internal sealed class LegAbsence(Lock gate, BrowserEdgeContext edge, LegAbsence.Callbacks callbacks)
{
    private readonly LegReach _reach = new();
    private ITimer? _awayTimer;
    private ITimer? _waiting;
    private ITimer? _due;
    private bool _over;

    /// <param name="Lost">The browser went out of reach, or is back.</param>
    /// <param name="Away">It stays out of reach for longer than a moment, or is back after that; false when that means nothing for the leg yet.</param>
    /// <param name="InVain">It did not come back in time.</param>
    public sealed record Callbacks(Action<bool> Lost, Func<bool, bool> Away, Action InVain);

    public bool IsLost { get; private set; }

    public bool IsAway { get; private set; }

    /// <summary>The browser is there, and its media has not come once.</summary>
    public bool IsMediaMissing => !_reach.WasHeard && _reach.IsConnected;

    /// <summary>The media is settled: it is to come in time.</summary>
    public void ExpectMedia() => _due ??= Timer(edge.Options.MediaTime, MediaOverdue);

    public void Connected(bool isConnected)
    {
        _reach.IsConnected = isConnected;
        Moved();
    }

    public void MediaLost()
    {
        _reach.MediaLost();
        Moved();
    }

    public void MediaHeard()
    {
        _reach.MediaHeard();
        Moved();
    }

    /// <summary>The leg is over: nothing is waited for.</summary>
    public void Over()
    {
        _over = true;
        _due?.Dispose();
        StopWaiting();
    }

    private void Moved()
    {
        if (_over || _reach.IsLost == IsLost)
            return;
        IsLost = _reach.IsLost;
        callbacks.Lost(IsLost);
        if (IsLost)
        {
            _awayTimer = Timer(edge.Options.AwayAfter, StaysAway);
            _waiting = Timer(edge.Options.ReconnectTime, WaitedInVain);
            return;
        }
        StopWaiting();
        if (!IsAway)
            return;
        IsAway = false;
        callbacks.Away(false);
    }

    private void MediaOverdue()
    {
        lock (gate)
        {
            if (_over || !_reach.IsAwaited)
                return;
            MediaLost();
        }
    }

    private void StaysAway()
    {
        lock (gate)
        {
            if (!_over && IsLost && !IsAway)
                IsAway = callbacks.Away(true);
        }
    }

    private void WaitedInVain()
    {
        lock (gate)
        {
            if (_over || !IsLost)
                return;
        }
        callbacks.InVain();
    }

    private void StopWaiting()
    {
        _awayTimer?.Dispose();
        _waiting?.Dispose();
    }

    private ITimer Timer(TimeSpan due, Action fired) => edge.Time.CreateTimer(static state => ((Action)state!)(), fired, due, Timeout.InfiniteTimeSpan);
}
