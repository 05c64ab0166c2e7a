namespace Webphone.Sip.Transactions;

/// <summary>
/// The INVITE client transaction, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.1.1">RFC 3261 §17.1.1</see> with
/// <see href="https://www.rfc-editor.org/rfc/rfc6026#section-7.2">RFC 6026 §7.2</see>.
/// <code><![CDATA[
///                         | INVITE from user: send
///        Timer A: send    V
///           +---------+Calling+--- Timer B, transport error: tell user ---+
///           +-------->|       |--- 2xx: to user ----------+               |
///                     +-------+                           |               |
///   3xx-6xx: ACK, to user |  | 1xx: to user               |               |
///        +----------------+  V                            |               |
///        |          +Proceeding+ 1xx: to user             |               |
///        |          |          |--- 2xx: to user ---------+               |
///        |          +----------+                          V               |
///        V 3xx-6xx: ACK, to user |                   +Accepted+           |
///   +Completed+ <----------------+                   |        | 2xx: to user
///   |         | 3xx-6xx: ACK                         +--------+           |
///   +---------+ transport error: tell user                | Timer M       |
///        | Timer D                                        |               |
///        +------------------> Terminated <----------------+---------------+
/// ]]></code>
/// Timer D is 64*T1 on unreliable transports (at least 32 s with the default T1) and zero on reliable ones; timer M is 64*T1 on all.
/// </summary>
public static class InviteClientMachine
{
    /// <summary>Takes one input and returns what is to be done about it. Total: every input is defined in every state.</summary>
    public static TransactionEffects Step(ref TransactionCore t, TransactionInput input, long nowMs) => t.State switch
    {
        TransactionState.Idle => Idle(ref t, input, nowMs),
        TransactionState.Calling => Calling(ref t, input, nowMs),
        TransactionState.Proceeding => Proceeding(ref t, input, nowMs),
        TransactionState.Completed => Completed(ref t, input),
        TransactionState.Accepted => Accepted(ref t, input),
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Idle(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        if (input != TransactionInput.Start)
            return TransactionEffects.Absorbed;
        t.Enter(TransactionState.Calling, nowMs + t.Timers.GiveUpMs, TransactionEffects.None);
        t.IntervalMs = t.Timers.T1Ms;
        t.RetransmitAtMs = t.Reliable ? TransactionCore.Never : nowMs + t.IntervalMs;
        return TransactionEffects.SendRequest;
    }

    private static TransactionEffects Calling(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        switch (input)
        {
            case TransactionInput.RetransmitDue:
                t.IntervalMs *= 2;
                t.RetransmitAtMs = nowMs + t.IntervalMs;
                return TransactionEffects.Retransmit;
            case TransactionInput.EndDue:
                return t.Terminate(TransactionEffects.TimedOut);
            case TransactionInput.TransportError:
                return t.Terminate(TransactionEffects.Failed);
            default:
                return Response(ref t, input, nowMs);
        }
    }

    // The user bounds how long it rings; the machine itself waits without a timer here.
    private static TransactionEffects Proceeding(ref TransactionCore t, TransactionInput input, long nowMs) => Response(ref t, input, nowMs);

    private static TransactionEffects Response(ref TransactionCore t, TransactionInput input, long nowMs) => input switch
    {
        TransactionInput.Provisional => t.Enter(TransactionState.Proceeding, TransactionCore.Never, TransactionEffects.Deliver),
        TransactionInput.Success => t.Enter(
            TransactionState.Accepted, nowMs + t.Timers.GiveUpMs, TransactionEffects.Deliver | TransactionEffects.ReleaseMessage),
        TransactionInput.Failure when t.Reliable => t.Terminate(TransactionEffects.SendAck | TransactionEffects.Deliver),
        TransactionInput.Failure => t.Enter(
            TransactionState.Completed, nowMs + t.Timers.GiveUpMs, TransactionEffects.SendAck | TransactionEffects.Deliver),
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Completed(ref TransactionCore t, TransactionInput input) => input switch
    {
        TransactionInput.Failure => TransactionEffects.SendAck | TransactionEffects.Absorbed,
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        TransactionInput.TransportError => t.Terminate(TransactionEffects.Failed),
        // Responses of other classes after a 3xx-6xx, and timers of other states.
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Accepted(ref TransactionCore t, TransactionInput input) => input switch
    {
        // Repeats, and the 2xx of other branches of a fork: the user sends their ACKs.
        TransactionInput.Success => TransactionEffects.Deliver,
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        // 1xx and 3xx-6xx after a 2xx, and timers of other states.
        _ => TransactionEffects.Absorbed,
    };
}
