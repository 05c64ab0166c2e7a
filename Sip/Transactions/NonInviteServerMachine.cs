namespace Webphone.Sip.Transactions;

/// <summary>
/// The non-INVITE server transaction, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-17.2.2">RFC 3261 §17.2.2</see>.
/// <code><![CDATA[
///                   | request: to user
///                   V
///               +Trying+ request: ignore
///               |      |--- 200-699 from user: send ---+
///               +------+                               |
///                   | 1xx from user: send              |
///                   V                                  |
///             +Proceeding+ request: last response      |
///             |          | 1xx from user: send         |
///             |          |--- transport error: tell ---|---+
///             +----------+                             |   |
///                   | 200-699 from user: send          |   |
///                   V                                  |   |
///             +Completed+ <----------------------------+   |
///             |         | request: last response           |
///             |         |--- transport error: tell --------+
///             +---------+                                  |
///                   | Timer J                              |
///                   +-------> Terminated <-----------------+
/// ]]></code>
/// Timer J is 64*T1 on unreliable transports and zero on reliable ones. A user that never answers is ended by 64*T1 in Trying and Proceeding:
/// the client's timer F has then fired, so no answer could arrive any more.
/// </summary>
public static class NonInviteServerMachine
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

    private static TransactionEffects Idle(ref TransactionCore t, TransactionInput input, long nowMs) => input == TransactionInput.Start
        ? t.Enter(TransactionState.Trying, nowMs + t.Timers.GiveUpMs, TransactionEffects.Deliver)
        : TransactionEffects.Absorbed;

    private static TransactionEffects Trying(ref TransactionCore t, TransactionInput input, long nowMs)
    {
        if (input != TransactionInput.Provisional)
            return Answer(ref t, input, nowMs);
        t.State = TransactionState.Proceeding;
        return TransactionEffects.SendResponse;
    }

    private static TransactionEffects Proceeding(ref TransactionCore t, TransactionInput input, long nowMs) => input switch
    {
        TransactionInput.Request => TransactionEffects.Retransmit | TransactionEffects.Absorbed,
        TransactionInput.Provisional => TransactionEffects.SendResponse,
        _ => Answer(ref t, input, nowMs),
    };

    private static TransactionEffects Answer(ref TransactionCore t, TransactionInput input, long nowMs) => input switch
    {
        TransactionInput.Success or TransactionInput.Failure when t.Reliable => t.Terminate(TransactionEffects.SendResponse),
        TransactionInput.Success or TransactionInput.Failure => t.Enter(
            TransactionState.Completed, nowMs + t.Timers.GiveUpMs, TransactionEffects.SendResponse),
        TransactionInput.EndDue => t.Terminate(TransactionEffects.TimedOut),
        TransactionInput.TransportError => t.Terminate(TransactionEffects.Failed),
        // A repeat before any response, and inputs of other machines.
        _ => TransactionEffects.Absorbed,
    };

    private static TransactionEffects Completed(ref TransactionCore t, TransactionInput input) => input switch
    {
        TransactionInput.Request => TransactionEffects.Retransmit | TransactionEffects.Absorbed,
        TransactionInput.EndDue => t.Terminate(TransactionEffects.None),
        TransactionInput.TransportError => t.Terminate(TransactionEffects.Failed),
        // Further responses of the user's are discarded.
        _ => TransactionEffects.Absorbed,
    };
}
