namespace Webphone.Sip.Transactions;

/// <summary>
/// The state that the four machines step: a state, its deadlines and the base timers. At most one retransmission timer and one ending timer
/// run at a time. A step changes these fields only and returns what is to be done.
/// </summary>
public struct TransactionCore(bool reliable, TransactionTimers timers)
{
    /// <summary>The value of a deadline that is not set.</summary>
    public const long Never = long.MaxValue;

    internal int IntervalMs;
    internal bool Answered;

    public TransactionState State { get; internal set; } = TransactionState.Idle;

    /// <summary>Whether the transport is reliable (TCP, TLS, WebSocket): nothing is then retransmitted, and no time is spent on absorbing.</summary>
    public bool Reliable { get; } = reliable;

    public TransactionTimers Timers { get; } = timers;

    /// <summary>When timer A, E or G is due, or <see cref="Never"/>.</summary>
    public long RetransmitAtMs { get; internal set; } = Never;

    /// <summary>When the timer that ends the present state is due, or <see cref="Never"/>.</summary>
    public long EndAtMs { get; internal set; } = Never;

    /// <summary>When an automatic 100 Trying is due, or <see cref="Never"/>; INVITE servers only.</summary>
    public long TryingAtMs { get; internal set; } = Never;

    /// <summary>The earliest of the deadlines.</summary>
    public readonly long NextDeadlineMs => Math.Min(Math.Min(RetransmitAtMs, EndAtMs), TryingAtMs);

    /// <summary>The input that is due by now, if any; an ending timer goes before a retransmission at the same time.</summary>
    public readonly TransactionInput? DueInput(long nowMs)
    {
        if (EndAtMs <= nowMs)
            return TransactionInput.EndDue;
        if (RetransmitAtMs <= nowMs)
            return TransactionInput.RetransmitDue;
        return TryingAtMs <= nowMs ? TransactionInput.TryingDue : null;
    }

    internal TransactionEffects Enter(TransactionState state, long endAtMs, TransactionEffects effects)
    {
        State = state;
        RetransmitAtMs = Never;
        TryingAtMs = Never;
        EndAtMs = endAtMs;
        return effects;
    }

    internal TransactionEffects Terminate(TransactionEffects effects) =>
        Enter(TransactionState.Terminated, Never, effects | TransactionEffects.ReleaseMessage | TransactionEffects.Terminate);
}
