namespace Webphone.Sip.Sessions;

/// <summary>
/// The life of one call between two user agents, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-13">RFC 3261 §9, §13 and §15</see>: a pure
/// function of state and input, for both sides.
/// <code><![CDATA[
/// Caller (UAC)                                      Callee (UAS)
///
///          Initial --- hang up ---> CancelPending          Initial --------------+
///       1xx |  |  \                  | 1xx: CANCEL       1xx  |   \              | CANCEL: 487
///           V  |   \ failure         V                        V    \             | refuse: 3xx-6xx
///       Early  |    \           Cancelling                  Early --\------------+ rings too long: 480
///        |  |  |     \           |     | failure, 64*T1       |      \ answer    |
///        |  |  | 2xx:  \         |     V                      | answer: 2xx      |
///        |  |  | ACK    +--------|-> Ended                    V       |          V
/// hang up|  |  |                 |     ^                AwaitingAck <-+        Ended
///        |  V  V                 |     |                  |   |    \            ^ ^
///        |  Established          |     |             ACK  |   |     \ 64*T1: BYE | | BYE
///        |     |  \ BYE, lost    |     |                  V   |      +-----------+ |
///        |     |   +-------------|---->+        Established   | hang               |
///        |     | hang up: BYE    |     ^          |           V up                 |
///        |     V                 |     |          |      HangupPending -------> Ending
///        |  Ending --------------|-----+          |            ACK, 64*T1: BYE     ^
///        |     ^   BYE answered  |                +--------------------------------+
///        |     |                 | 2xx: ACK, BYE         hang up: BYE
///        |     +-----------------+
///        +---> Cancelling: CANCEL
/// ]]></code>
/// The call that is cancelled and answered at once (CANCEL crosses 200) is answered for the wire: it gets its ACK and then a BYE. A callee may not
/// send BYE before the ACK (RFC 3261 §15), so that hanging up waits in HangupPending. A 2xx that is repeated gets its ACK again in every later state.
/// A side that is lost (session timer, 481, no ACK) is sent its BYE, but nothing that it says is waited for: who talked to it learns at once.
/// </summary>
public static class CallMachine
{
    /// <summary>Steps the caller's side.</summary>
    public static CallEffects StepCaller(ref SessionState state, CallInput input) => state switch
    {
        SessionState.Initial => CallerInitial(ref state, input),
        SessionState.Early => CallerEarly(ref state, input),
        SessionState.CancelPending => CallerCancelPending(ref state, input),
        SessionState.Cancelling => CallerCancelling(ref state, input),
        SessionState.Established => Established(ref state, input),
        SessionState.Ending => Ending(ref state, input),
        // Ended: only the ACK of a repeated 2xx is still owed.
        _ => input == CallInput.Success ? CallEffects.SendAck : CallEffects.Ignored,
    };

    /// <summary>Steps the callee's side.</summary>
    public static CallEffects StepCallee(ref SessionState state, CallInput input) => state switch
    {
        SessionState.Initial or SessionState.Early => CalleeRinging(ref state, input),
        SessionState.AwaitingAck => CalleeAwaitingAck(ref state, input),
        SessionState.HangupPending => CalleeHangupPending(ref state, input),
        SessionState.Established => Established(ref state, input),
        SessionState.Ending => Ending(ref state, input),
        _ => CallEffects.Ignored,
    };

    private static CallEffects To(ref SessionState state, SessionState next, CallEffects effects)
    {
        state = next;
        return effects;
    }

    private static CallEffects CallerInitial(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Provisional => To(ref state, SessionState.Early, CallEffects.TellProgress),
        CallInput.Hangup or CallInput.RingTimeout => To(ref state, SessionState.CancelPending, CallEffects.None),
        _ => CallerFinal(ref state, input),
    };

    private static CallEffects CallerEarly(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Provisional => CallEffects.TellProgress,
        CallInput.Hangup or CallInput.RingTimeout => To(ref state, SessionState.Cancelling, CallEffects.SendCancel),
        // A BYE in an early dialog ends that dialog, not the INVITE; its session sees to it.
        CallInput.Bye => CallEffects.Ignored,
        _ => CallerFinal(ref state, input),
    };

    private static CallEffects CallerFinal(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Success => To(ref state, SessionState.Established, CallEffects.SendAck | CallEffects.TellEstablished),
        CallInput.Failure => To(ref state, SessionState.Ended, CallEffects.TellEnded),
        _ => CallEffects.Ignored,
    };

    private static CallEffects CallerCancelPending(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Provisional => To(ref state, SessionState.Cancelling, CallEffects.SendCancel),
        _ => CallerCancelling(ref state, input),
    };

    private static CallEffects CallerCancelling(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Success => To(ref state, SessionState.Ending, CallEffects.SendAck | CallEffects.SendBye),
        CallInput.Failure or CallInput.CancelTimeout => To(ref state, SessionState.Ended, CallEffects.TellEnded),
        // Further 1xx, and hanging up twice.
        _ => CallEffects.Ignored,
    };

    private static CallEffects CalleeRinging(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Provisional => To(ref state, SessionState.Early, CallEffects.SendProvisional),
        CallInput.Accept => To(ref state, SessionState.AwaitingAck, CallEffects.SendSuccess),
        CallInput.Reject => To(ref state, SessionState.Ended, CallEffects.SendFailure | CallEffects.TellEnded),
        CallInput.Hangup or CallInput.RingTimeout => To(ref state, SessionState.Ended, CallEffects.SendUnavailable | CallEffects.TellEnded),
        // A BYE in the early dialog ends the INVITE as a CANCEL does (RFC 3261 §15.1.2).
        CallInput.Cancel or CallInput.Bye => To(ref state, SessionState.Ended, CallEffects.SendTerminated | CallEffects.TellEnded),
        CallInput.Failure or CallInput.Lost => To(ref state, SessionState.Ended, CallEffects.SendTerminated | CallEffects.TellEnded),
        _ => CallEffects.Ignored,
    };

    private static CallEffects CalleeAwaitingAck(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Ack => To(ref state, SessionState.Established, CallEffects.StopSuccess | CallEffects.TellEstablished),
        CallInput.AckTimeout => To(ref state, SessionState.Ended, CallEffects.StopSuccess | CallEffects.SendBye | CallEffects.TellEnded),
        CallInput.Hangup or CallInput.Lost => To(ref state, SessionState.HangupPending, CallEffects.None),
        CallInput.Bye => To(ref state, SessionState.Ended, CallEffects.StopSuccess | CallEffects.TellEnded),
        // A CANCEL that crossed the 2xx has no effect (RFC 3261 §9.2).
        _ => CallEffects.Ignored,
    };

    private static CallEffects CalleeHangupPending(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Ack or CallInput.AckTimeout => To(ref state, SessionState.Ending, CallEffects.StopSuccess | CallEffects.SendBye),
        CallInput.Bye => To(ref state, SessionState.Ended, CallEffects.StopSuccess | CallEffects.TellEnded),
        _ => CallEffects.Ignored,
    };

    private static CallEffects Established(ref SessionState state, CallInput input) => input switch
    {
        CallInput.Hangup => To(ref state, SessionState.Ending, CallEffects.SendBye),
        CallInput.Lost => To(ref state, SessionState.Ended, CallEffects.SendBye | CallEffects.TellEnded),
        CallInput.Bye => To(ref state, SessionState.Ended, CallEffects.TellEnded),
        CallInput.Success => CallEffects.SendAck,
        // Repeated ACKs, and a CANCEL that came too late.
        _ => CallEffects.Ignored,
    };

    private static CallEffects Ending(ref SessionState state, CallInput input) => input switch
    {
        // Two BYEs that cross end the call for both; ours is answered by its own transaction.
        CallInput.Bye or CallInput.ByeDone => To(ref state, SessionState.Ended, CallEffects.TellEnded),
        CallInput.Success => CallEffects.SendAck,
        _ => CallEffects.Ignored,
    };
}
