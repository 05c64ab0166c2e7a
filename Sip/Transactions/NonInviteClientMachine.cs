namespace Webphone.Sip.Transactions;

/// <summary>
/// The non-INVITE client transaction, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.1.2">RFC 3261 §17.1.2</see>.
/// <code><![CDATA[
///                      | request from user: send
///     Timer E: send    V
///        +---------+Trying+------- Timer F, transport error: tell user --+
///        +-------->|      |--- 200-699: to user ---+                     |
///                  +------+                        |                     |
///                      | 1xx: to user              |                     |
///     Timer E: send    V                           |                     |
///        +------+Proceeding+ 1xx: to user          |                     |
///        +----->|          |--- Timer F, transport error: tell user -----+
///               +----------+                       |                     |
///                      | 200-699: to user          |                     |
///                      V                           |                     |
///                 +Completed+ <--------------------+                     |
///                      | Timer K                                         |
///                      +----------> Terminated <-------------------------+
/// ]]></code>
/// Timer E starts at T1 and doubles up to T2; in Proceeding it is T2. Timer K is T4 on unreliable transports and zero on reliable ones.
/// </summary>
public static class NonInviteClientMachine
{
    /// <summary>Takes one input and returns what is to be done about it. Total: every input is defined in every state.</summary>
    public static TransactionEffects Step(ref TransactionCore t, TransactionInput input, long nowMs) => t.State switch
    {
        TransactionState.Idle => Idle(ref t, input, nowMs),
        TransactionState.Trying => Trying(ref t, input, nowMs),
        TransactionState.Proceeding => Proceeding(ref t, input, nowMs),
        TransactionState.Completed => Completed(ref t, input),
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Idle(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        if (input != TransactionInput.Start)
            return TransactionEffects.Absorbed;
        t.Enter(TransactionState.Trying, nowMs + t.Timers.GiveUpMs, TransactionEffects.None);
        t.IntervalMs = t.Timers.T1Ms;
        t.RetransmitAtMs = t.Reliable ? TransactionCore.Never : nowMs + t.IntervalMs;
        return TransactionEffects.SendRequest;
    }

    private static TransactionEffects Trying(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        switch (input)
        {
            case TransactionInput.RetransmitDue:
                t.IntervalMs = Math.Min(t.IntervalMs * 2, t.Timers.T2Ms);
                t.RetransmitAtMs = nowMs + t.IntervalMs;
                return TransactionEffects.Retransmit;
            case TransactionInput.Provisional:
                t.State = TransactionState.Proceeding;
                return TransactionEffects.Deliver;
            default:
                return Final(ref t, input, nowMs);
        }
    }

    private static TransactionEffects Proceeding(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        switch (input)
        {
            case TransactionInput.RetransmitDue:
                t.IntervalMs = t.Timers.T2Ms;
                t.RetransmitAtMs = nowMs + t.IntervalMs;
                return TransactionEffects.Retransmit;
            case TransactionInput.Provisional:
                return TransactionEffects.Deliver;
            default:
                return Final(ref t, input, nowMs);
        }
    }

    private static TransactionEffects Final(ref TransactionCore t, TransactionInput input, long nowMs) => input switch
    {
        TransactionInput.Success or TransactionInput.Failure when t.Reliable => t.Terminate(TransactionEffects.Deliver),
        TransactionInput.Success or TransactionInput.Failure => t.Enter(
            TransactionState.Completed, nowMs + t.Timers.T4Ms, TransactionEffects.Deliver | TransactionEffects.ReleaseMessage),
        TransactionInput.EndDue => t.Terminate(TransactionEffects.TimedOut),
        TransactionInput.TransportError => t.Terminate(TransactionEffects.Failed),
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Completed(ref TransactionCore t, TransactionInput input) => input switch
    {
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        // Repeats of the response, and timers of other states.
        _ => TransactionEffects.Absorbed,
    };
}
