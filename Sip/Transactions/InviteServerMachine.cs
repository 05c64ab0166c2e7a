namespace Webphone.Sip.Transactions;

/// <summary>
/// The INVITE server transaction, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.2.1">RFC 3261 §17.2.1</see> with
/// <see href="https://www.rfc-editor.org/rfc/rfc6026#section-7.1">RFC 6026 §7.1</see>.
/// <code><![CDATA[
///                          | INVITE: to user; 100 if the user is silent for 200 ms
///  INVITE: last response   V        1xx from user: send
///         +-----------+Proceeding+--------------+
///         +---------->|          |<-------------+
///                     +----------+------- transport error: tell user -----------+
///   3xx-6xx from user: send  |  | 2xx from user: send                           |
///        +-------------------+  +---------------------+                         |
///        V                                            V                         |
///  +Completed+ INVITE: last response             +Accepted+ 2xx from user: send |
///  |         | Timer G: last response            |        | INVITE: ignore      |
///  |         |-- Timer H, transport error:       |        | ACK: to user        |
///  +---------+   tell user ---+                  +--------+                     |
///        | ACK                |                       | Timer L                 |
///        V                    |                       |                         |
///  +Confirmed+ ACK: ignore    |                       |                         |
///        | Timer I            V                       V                         |
///        +---------------> Terminated <---------------+-------------------------+
/// ]]></code>
/// The RFC gives Proceeding no timer; a user that has not answered after 10 minutes, longer than any proxy waits, is taken to have lost the call.
/// Timer G starts at T1 and doubles up to T2, on unreliable transports only. Timers H and L are 64*T1. Timer I is T4, zero on reliable transports.
/// </summary>
public static class InviteServerMachine
{
    /// <summary>How long the user may be silent before a 100 Trying goes out by itself.</summary>
    public const int TryingAfterMs = 200;

    /// <summary>How long the user may take for its final response.</summary>
    public const int LongestRingMs = 600_000;

    /// <summary>Takes one input and returns what is to be done about it. Total: every input is defined in every state.</summary>
    public static TransactionEffects Step(ref TransactionCore t, TransactionInput input, long nowMs) => t.State switch
    {
        TransactionState.Idle => Idle(ref t, input, nowMs),
        TransactionState.Proceeding => Proceeding(ref t, input, nowMs),
        TransactionState.Completed => Completed(ref t, input, nowMs),
        TransactionState.Confirmed => Confirmed(ref t, input),
        TransactionState.Accepted => Accepted(ref t, input),
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Idle(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        if (input != TransactionInput.Start)
            return TransactionEffects.Absorbed;
        t.Enter(TransactionState.Proceeding, nowMs + LongestRingMs, TransactionEffects.None);
        t.TryingAtMs = nowMs + TryingAfterMs;
        return TransactionEffects.Deliver;
    }

    private static TransactionEffects Proceeding(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        switch (input)
        {
            case TransactionInput.Request:
                return t.Answered ? TransactionEffects.Retransmit | TransactionEffects.Absorbed : TransactionEffects.Absorbed;
            case TransactionInput.TryingDue:
                return Answer(ref t, TransactionEffects.SendTrying);
            case TransactionInput.Provisional:
                return Answer(ref t, TransactionEffects.SendResponse);
            case TransactionInput.Success:
                return t.Enter(
                    TransactionState.Accepted, nowMs + t.Timers.GiveUpMs, TransactionEffects.SendResponse | TransactionEffects.ReleaseMessage);
            case TransactionInput.Failure:
                t.Enter(TransactionState.Completed, nowMs + t.Timers.GiveUpMs, TransactionEffects.None);
                t.IntervalMs = t.Timers.T1Ms;
                t.RetransmitAtMs = t.Reliable ? TransactionCore.Never : nowMs + t.IntervalMs;
                return TransactionEffects.SendResponse;
            case TransactionInput.EndDue:
                return t.Terminate(TransactionEffects.TimedOut);
            case TransactionInput.TransportError:
                return t.Terminate(TransactionEffects.Failed);
            default:
                // An ACK before any final response, and timers of other states.
                return TransactionEffects.Absorbed;
        }
    }

    private static TransactionEffects Answer(ref TransactionCore t, TransactionEffects effects)
    {
        t.Answered = true;
        t.TryingAtMs = TransactionCore.Never;
        return effects;
    }

    private static TransactionEffects Completed(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        switch (input)
        {
            case TransactionInput.Request:
                return TransactionEffects.Retransmit | TransactionEffects.Absorbed;
            case TransactionInput.RetransmitDue:
                t.IntervalMs = Math.Min(t.IntervalMs * 2, t.Timers.T2Ms);
                t.RetransmitAtMs = nowMs + t.IntervalMs;
                return TransactionEffects.Retransmit;
            case TransactionInput.Ack when t.Reliable:
                return t.Terminate(TransactionEffects.None);
            case TransactionInput.Ack:
                return t.Enter(TransactionState.Confirmed, nowMs + t.Timers.T4Ms, TransactionEffects.ReleaseMessage);
            case TransactionInput.EndDue:
                return t.Terminate(TransactionEffects.TimedOut);
            case TransactionInput.TransportError:
                return t.Terminate(TransactionEffects.Failed);
            default:
                // A second final response of the user's is discarded.
                return TransactionEffects.Absorbed;
        }
    }

    private static TransactionEffects Confirmed(ref TransactionCore t, TransactionInput input) => input switch
    {
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        // Repeats of the ACK and of the INVITE that are still in the network.
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Accepted(ref TransactionCore t, TransactionInput input) => input switch
    {
        TransactionInput.Success => TransactionEffects.SendResponse,
        TransactionInput.Ack => TransactionEffects.Deliver,
        TransactionInput.TransportError => TransactionEffects.Failed,
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        // Repeats of the INVITE: the user repeats its 2xx by its own timer.
        _ => TransactionEffects.Absorbed,
    };
}
