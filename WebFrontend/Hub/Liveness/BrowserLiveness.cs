namespace Webphone.WebFrontend.Hub.Liveness;

/// <summary>
/// Whether the browser at the other end of a connection is there. It is looked at whenever something is said to the browser, which is once a heartbeat at
/// least: thousands of idle connections need no timers of their own.
/// <code>
///   heard ──(said something, silent for AskAfter)──► asked ──(said something, no answer for AnswerWithin)──► gone
///     ▲                                                │
///     └──────────────── anything is heard ─────────────┘
/// </code>
/// <see cref="Heard"/> may be called from any thread, <see cref="Speak"/> by one at a time.
/// </summary>
internal sealed class BrowserLiveness(TimeSpan heartbeat, TimeProvider time)
{
    private long _heardAt = time.GetTimestamp();
    private long? _askedAt;

    /// <summary>Between two heartbeats, so that the second one after something was heard asks.</summary>
    private TimeSpan AskAfter { get; } = 1.5 * heartbeat;

    private TimeSpan AnswerWithin { get; } = 1.5 * heartbeat;

    public void Heard() => Volatile.Write(ref _heardAt, time.GetTimestamp());

    /// <summary>Something is about to be said to the browser: what goes with it.</summary>
    public LivenessStep Speak()
    {
        var (now, heardAt) = (time.GetTimestamp(), Volatile.Read(ref _heardAt));
        if (_askedAt is { } askedAt && askedAt > heardAt)
            return time.GetElapsedTime(askedAt, now) < AnswerWithin ? LivenessStep.Nothing : LivenessStep.GiveUp;
        if (time.GetElapsedTime(heardAt, now) < AskAfter)
            return LivenessStep.Nothing;
        _askedAt = now;
        return LivenessStep.Ask;
    }
}

internal enum LivenessStep
{
    Nothing,

    /// <summary>The browser is asked to answer.</summary>
    Ask,

    /// <summary>The browser is gone.</summary>
    GiveUp,
}
