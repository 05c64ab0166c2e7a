using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// One call with one peer: an INVITE that was sent or received, the dialogs that it makes, and everything in them until the BYE. The course of the call is
/// <see cref="CallMachine"/>; what is said in it is told by <see cref="ISipUser.OnSessionEvent"/>. Session descriptions are opaque: the user computes them.
/// <para>Commands return false, and do nothing, where the state does not allow them; a hang-up is always allowed.</para>
/// </summary>
public sealed class InviteSession : TimerNode
{
    private readonly SipStack _stack;
    private readonly InDialogRequests _inDialog;
    private SessionState _state;
    private SessionEnd _end;
    private int _endStatus;
    private long _ringUntilMs;
    private bool _told;
    internal Repeater Success;
    internal SessionTimer Timer;
    internal Dialog? CurrentDialog;
    internal CallerSide? Caller;
    internal CalleeSide? Callee;

    internal InviteSession(SipStack stack, SessionOptions options, in SipFlow flow, long nowMs)
    {
        _stack = stack;
        Options = options;
        Flow = flow;
        _ringUntilMs = nowMs + options.MaxRingMs;
        _inDialog = new InDialogRequests(this, stack);
    }

    public SessionState State => _state;

    public SessionOptions Options { get; }

    /// <summary>Whether we sent the INVITE.</summary>
    public bool IsCaller => Caller is not null;

    /// <summary>The dialog; null for a caller that has heard nothing from the callee yet.</summary>
    public Dialog? Dialog => CurrentDialog;

    /// <summary>The flow that the INVITE came or went by.</summary>
    public SipFlow Flow { get; }

    /// <summary>How it ended, or <see cref="SessionEnd.None"/>.</summary>
    public SessionEnd End => _state == SessionState.Ended ? _end : SessionEnd.None;

    /// <summary>Anything that the user wants to find here again: its leg.</summary>
    public object? Tag { get; set; }

    /// <summary>Our side is a conference: every Contact that is sent from now on says so (RFC 4579 §4).</summary>
    public bool IsFocus { get; set; }

    /// <summary>The INVITE that was received; null for a caller and after the final response.</summary>
    public SipMessage? Invite => Callee is { Invite.IsAnswered: false } callee ? callee.Invite.Request : null;

    /// <summary>
    /// Callee: sends a provisional response, 101 to 199. With a body it is early media (the answer, or an offer if the INVITE had none). Sent reliably if the caller requires
    /// that, or supports it and the options ask for it.
    /// </summary>
    public bool Ring(int status = 180, in SipPayload payload = default) =>
        Callee is not null && status is > 100 and < 200 && Step(CallInput.Provisional, new Outgoing(status, payload));

    /// <summary>Callee: answers with 200. The body is the answer to the INVITE's offer, or the offer if it had none.</summary>
    public bool Answer(in SipPayload payload) => Callee is not null && Step(CallInput.Accept, new Outgoing(200, payload));

    /// <summary>Callee: refuses with 300 to 699.</summary>
    public bool Reject(int status, in SipPayload payload = default)
    {
        if (Callee is null || status is < 300 or > 699 || _state > SessionState.Early)
            return false;
        EndsAs(SessionEnd.LocalReject, status);
        return Step(CallInput.Reject, new Outgoing(status, payload));
    }

    /// <summary>
    /// Ends the call in the way that its state asks for: CANCEL, 480, BYE. The payload's headers (a Reason, RFC 3326) go into the CANCEL or BYE.
    /// <see cref="SessionEventKind.Ended"/> follows, now or when the peer has answered.
    /// </summary>
    public void Hangup(in SipPayload payload = default)
    {
        EndsAs(
            _state switch
            {
                SessionState.Initial or SessionState.Early => IsCaller ? SessionEnd.LocalCancel : SessionEnd.LocalReject,
                _ => SessionEnd.LocalBye,
            },
            IsCaller ? 487 : 480);
        if (Caller is not null && _state == SessionState.Initial)
            Caller.CancelHeaders = payload.Headers.ToArray();
        Step(CallInput.Hangup, new Outgoing(480, payload));
    }

    /// <summary>Caller: gives the answer of a delayed-offer call, whose 2xx brought the offer. The ACK goes out with it.</summary>
    public bool SendAck(in SipPayload payload) => Caller is not null && Caller.SendAck(payload);

    /// <summary>Caller: gives the answer to an offer that came in a reliable provisional response. The PRACK goes out with it.</summary>
    public bool SendPrack(in SipPayload payload) => Caller is not null && Caller.SendPrack(payload);

    /// <summary>Offers a new session description, by re-INVITE in an established call, by UPDATE where that is asked for or the call is early. False while another offer is open.</summary>
    public bool Offer(in SipPayload payload, bool byUpdate = false) => _inDialog.Local.Offer(payload, byUpdate);

    /// <summary>Answers the other side's <see cref="SessionEventKind.Offer"/>; the body is the answer, or an offer where it asked for ours.</summary>
    public bool AcceptOffer(in SipPayload payload) => _inDialog.Remote.AcceptOffer(payload);

    /// <summary>Refuses the other side's <see cref="SessionEventKind.Offer"/>, with 488 unless another status is given. The session stays as it was.</summary>
    public bool RejectOffer(int status = 488, in SipPayload payload = default) => _inDialog.Remote.RejectOffer(status, payload);

    /// <summary>Sends INFO, REFER, NOTIFY, MESSAGE, OPTIONS or another request in the dialog. The response is told as <see cref="SessionEventKind.Response"/>.</summary>
    /// <returns>The transaction, or null if there is no dialog or too many transactions.</returns>
    public ClientTransaction? SendRequest(SipMethod method, in SipPayload payload = default) => _inDialog.Send(method, payload);

    /// <summary>The session description that we sent last and that holds: what a refresh by re-INVITE offers again.</summary>
    internal byte[] LocalDescription { get; set; } = [];

    internal void KeepDescription(in SipPayload payload)
    {
        if (!payload.Body.IsEmpty)
            LocalDescription = payload.Body.ToArray();
    }

    internal bool IsOver => _state == SessionState.Ended;

    internal InDialogRequests InDialog => _inDialog;

    internal void EndsAs(SessionEnd end, int status = 0)
    {
        if (_end != SessionEnd.None)
            return;
        _end = end;
        _endStatus = status;
    }

    internal bool Step(CallInput input, in Outgoing outgoing = default, SipMessage? received = null)
    {
        var effects = Caller is not null ? CallMachine.StepCaller(ref _state, input) : CallMachine.StepCallee(ref _state, input);
        if (_state is not (SessionState.Initial or SessionState.Early))
            _ringUntilMs = TransactionCore.Never;
        if ((effects & CallEffects.StopSuccess) != 0)
            Success.Stop();
        Callee?.Carry(effects, outgoing);
        Caller?.Carry(effects, outgoing, received);
        if ((effects & CallEffects.SendBye) != 0)
            _inDialog.SendBye(outgoing.Payload);
        if ((effects & CallEffects.TellEnded) != 0)
            Finish(received);
        Rearm();
        return (effects & CallEffects.Ignored) == 0;
    }

    internal void Tell(in SessionEvent e)
    {
        if (!_told)
            _stack.User.OnSessionEvent(this, e);
    }

    /// <summary>An ACK for a 2xx: of the INVITE, or of a re-INVITE.</summary>
    internal void OnAck(SipMessage ack)
    {
        if (_inDialog.Remote.TakeAck(ack))
            return;
        if (Callee is null || ack.CSeqNumber != Callee.CSeq)
            return;
        var isAnswer = !ack.Body.IsEmpty && CurrentDialog!.Offers.ReceiveAnswer();
        if (!isAnswer && CurrentDialog!.Offers.State == OfferAnswerState.LocalOffer)
            CurrentDialog.Offers.Abandon();
        var tells = _state == SessionState.AwaitingAck;
        Step(CallInput.Ack);
        if (tells)
            Tell(new SessionEvent(SessionEventKind.Acknowledged, ack));
    }

    internal void OnCancel(SipMessage cancel)
    {
        EndsAs(SessionEnd.RemoteCancel, 487);
        if (!Step(CallInput.Cancel, default, cancel))
            ForgetEnd();
    }

    /// <summary>The intended ending did not come about.</summary>
    internal void ForgetEnd()
    {
        if (_state is SessionState.Initial or SessionState.Early or SessionState.AwaitingAck or SessionState.Established)
            _end = SessionEnd.None;
    }

    internal void Rearm()
    {
        if (IsOver && !Success.IsRunning)
        {
            _stack.Wheel.Disarm(this);
            return;
        }
        var due = Math.Min(Math.Min(_ringUntilMs, Success.NextDeadlineMs), Math.Min(Timer.NextDeadlineMs, _inDialog.NextDeadlineMs));
        due = Math.Min(due, Math.Min(Callee?.NextDeadlineMs ?? TransactionCore.Never, Caller?.NextDeadlineMs ?? TransactionCore.Never));
        _stack.Wheel.Arm(this, due);
    }

    protected internal override void OnDue(long nowMs)
    {
        if (_ringUntilMs <= nowMs)
        {
            _ringUntilMs = TransactionCore.Never;
            EndsAs(SessionEnd.RingTimeout, 408);
            Step(CallInput.RingTimeout);
        }
        if (Success.Advance(nowMs, out var gaveUp) is { } success)
            _stack.Resend(CurrentDialog!.Flow, success);
        if (gaveUp)
        {
            EndsAs(SessionEnd.NoAck, 408);
            if (!Step(CallInput.AckTimeout))
                Step(CallInput.Lost);
        }
        Callee?.Advance(nowMs);
        Caller?.Advance(nowMs);
        _inDialog.Advance(nowMs);
        Rearm();
    }

    private void Finish(SipMessage? received)
    {
        Success.Stop();
        Timer.Stop();
        _inDialog.Stop();
        Callee?.Stop();
        _stack.Forget(this);
        LocalDescription = [];
        Tell(new SessionEvent(SessionEventKind.Ended, received, _endStatus, _end));
        _told = true;
    }
}
