using System.Buffers.Text;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// The caller's part of an INVITE: its responses, the dialogs that they make (one for each callee of a fork), PRACKs
/// (<see href="https://www.rfc-editor.org/rfc/rfc3262#section-4">RFC 3262 §4</see>), the ACK and its repeats, CANCEL.
/// </summary>
internal sealed class CallerSide(InviteSession session, SipStack stack, byte[] local, byte[] localTag, uint cseq, byte[] requestUri)
{
    /// <summary>The most callees of one fork that are followed; a bound against a peer that makes up tags.</summary>
    public const int MaxForks = 16;

    private List<Dialog>? _forks;
    private byte[]? _ack;
    private List<(Dialog Dialog, byte[] Ack)>? _refused;
    private Dialog? _prackWaits;
    private uint _prackRSeq;
    private long _giveUpAtMs = TransactionCore.Never;
    private bool _hasOffered;

    public ClientTransaction? Invite { get; set; }

    /// <summary>Headers for the CANCEL, where it has to wait.</summary>
    public byte[] CancelHeaders { get; set; } = [];

    public long NextDeadlineMs => _giveUpAtMs;

    public void Offered() => _hasOffered = true;

    public void Carry(CallEffects effects, in Outgoing outgoing, SipMessage? received)
    {
        if ((effects & CallEffects.SendAck) != 0 && received is not null)
            Acknowledge(received);
        if ((effects & CallEffects.SendCancel) != 0)
        {
            stack.Layer.Clients.Cancel(Invite!, outgoing.Payload.Headers.IsEmpty ? CancelHeaders : outgoing.Payload.Headers.Span, stack.NowMs);
            _giveUpAtMs = stack.NowMs + stack.Options.Timers.GiveUpMs;
        }
        if ((effects & CallEffects.TellEnded) != 0)
            _giveUpAtMs = TransactionCore.Never;
    }

    public void Advance(long nowMs)
    {
        if (_giveUpAtMs > nowMs)
            return;
        _giveUpAtMs = TransactionCore.Never;
        if (!session.Step(CallInput.CancelTimeout))
            return;
        stack.Layer.Clients.Abandon(Invite!);
    }

    public void OnResponse(SipMessage response)
    {
        if (response.StatusCode < 200)
            OnProvisional(response);
        else if (response.StatusCode < 300)
            OnSuccess(response);
        else
            OnFailure(response.StatusCode, response);
    }

    public void OnNoResponse(int status) => OnFailure(status, null);

    /// <summary>Nothing more comes from the INVITE: the other dialogs of its fork are no more.</summary>
    public void OnTerminated()
    {
        Forget(session.CurrentDialog);
        _refused = null;
        _ack = null;
    }

    public void ForgetAll() => Forget(null);

    public bool SendAck(in SipPayload payload)
    {
        if (_ack is not null || session.State != SessionState.Established || session.CurrentDialog is not { } dialog || !dialog.Offers.SendAnswer())
            return false;
        session.KeepDescription(payload);
        _ack = Compose(dialog, payload);
        stack.Resend(dialog.Flow, _ack);
        return true;
    }

    public bool SendPrack(in SipPayload payload)
    {
        if (_prackWaits is not { } dialog || !dialog.Offers.SendAnswer())
            return false;
        _prackWaits = null;
        session.KeepDescription(payload);
        Prack(dialog, _prackRSeq, payload);
        return true;
    }

    private void OnFailure(int status, SipMessage? response)
    {
        session.EndsAs(response is null ? (status == 408 ? SessionEnd.NoResponse : SessionEnd.TransportFailed) : SessionEnd.RemoteReject, status);
        session.Step(CallInput.Failure, default, response);
    }

    private void OnProvisional(SipMessage response)
    {
        var isOffer = false;
        var tells = response.StatusCode > 100 && session.State is SessionState.Initial or SessionState.Early;
        if (response.StatusCode > 100 && !response.ToTag.IsEmpty && DialogOf(response) is { } dialog)
        {
            session.CurrentDialog ??= dialog;
            if (response.HasToken(HeaderName.Require, "100rel"u8) && !TakeReliable(dialog, response, out isOffer))
                return;
        }
        session.Step(CallInput.Provisional, default, response);
        if (tells && response.StatusCode > 100)
            session.Tell(new SessionEvent(SessionEventKind.Progress, response, response.StatusCode, IsOffer: isOffer));
    }

    /// <summary>False if it is a repeat or out of order: it is then not taken (RFC 3262 §4).</summary>
    private bool TakeReliable(Dialog dialog, SipMessage response, out bool isOffer)
    {
        isOffer = false;
        if (!Utf8Parser.TryParse(response.Headers(HeaderName.RSeq).First, out uint rseq, out _))
            return false;
        if (dialog.RemoteRSeq != 0 && rseq != dialog.RemoteRSeq + 1)
            return false;
        dialog.RemoteRSeq = rseq;
        dialog.RefreshTarget(response);
        isOffer = !response.Body.IsEmpty && !dialog.Offers.ReceiveAnswer() && dialog.Offers.ReceiveOffer() == OfferVerdict.Accepted;
        if (!isOffer)
            Prack(dialog, rseq, default);
        else
            (_prackWaits, _prackRSeq) = (dialog, rseq);
        return true;
    }

    private void Prack(Dialog dialog, uint rseq, in SipPayload payload)
    {
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            stack.BeginRequest(ref writer, dialog, SipMethod.Prack.Token(), dialog.NextCSeq(), branch);
            writer.BeginHeader(HeaderName.RAck);
            writer.Number(rseq);
            writer.Text(" "u8);
            writer.Number(cseq);
            writer.Text(" INVITE"u8);
            writer.EndLine();
            SipStack.WritePayload(ref writer, payload);
            stack.Transmit(session, SipMethod.Prack, SipMethod.Prack.Token(), branch, dialog.Flow, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private void OnSuccess(SipMessage response)
    {
        if (session.CurrentDialog is { IsEarly: false } confirmed && !response.ToTag.SequenceEqual(confirmed.RemoteTag))
        {
            RefuseFork(response);
            return;
        }
        if (DialogOf(response) is not { } dialog)
        {
            RefuseFork(response);
            return;
        }
        var first = dialog.IsEarly;
        session.CurrentDialog = dialog;
        var isOffer = false;
        if (first)
        {
            dialog.Confirm(response);
            session.Timer.Accept(response, session.Options.SessionExpiresSeconds, stack.NowMs);
            isOffer = !response.Body.IsEmpty && !dialog.Offers.ReceiveAnswer() && !dialog.Offers.HasSession
                && dialog.Offers.ReceiveOffer() == OfferVerdict.Accepted;
        }
        var tells = session.State is SessionState.Initial or SessionState.Early;
        if (isOffer && !tells)
            dialog.Offers.Abandon();
        session.Step(CallInput.Success, default, response);
        if (first && tells)
            session.Tell(new SessionEvent(SessionEventKind.Answered, response, response.StatusCode, IsOffer: isOffer));
    }

    /// <summary>The ACK of a 2xx, once more if it was sent; one that must carry an answer waits for the user.</summary>
    private void Acknowledge(SipMessage response)
    {
        var dialog = session.CurrentDialog!;
        if (!response.ToTag.SequenceEqual(dialog.RemoteTag))
            return;
        if (_ack is null)
        {
            if (dialog.Offers.State == OfferAnswerState.RemoteOffer)
                return;
            _ack = Compose(dialog, default);
        }
        stack.Resend(dialog.Flow, _ack);
    }

    /// <summary>A second callee of a fork answered: ACK, then BYE at once (RFC 3261 §13.2.2.4).</summary>
    private void RefuseFork(SipMessage response)
    {
        foreach (var (known, ack) in _refused ?? [])
        {
            if (response.ToTag.SequenceEqual(known.RemoteTag))
            {
                stack.Resend(known.Flow, ack);
                return;
            }
        }
        if (_refused is { Count: >= MaxForks })
            return;
        var dialog = NewDialog(response);
        dialog.Confirm(response);
        var message = Compose(dialog, default);
        (_refused ??= []).Add((dialog, message));
        stack.Resend(dialog.Flow, message);
        stack.SendBye(null, dialog, default);
    }

    private Dialog? DialogOf(SipMessage response)
    {
        if (session.CurrentDialog is { } current && response.ToTag.SequenceEqual(current.RemoteTag))
            return current;
        foreach (var fork in _forks ?? [])
        {
            if (response.ToTag.SequenceEqual(fork.RemoteTag))
                return fork;
        }
        if (_forks is { Count: >= MaxForks })
            return null;
        var dialog = NewDialog(response);
        (_forks ??= []).Add(dialog);
        stack.Dialogs.Add(dialog, session);
        return dialog;
    }

    private Dialog NewDialog(SipMessage response)
    {
        var dialog = Dialog.ForCaller(stack.Seed, response, local, localTag, cseq, requestUri, session.Flow);
        if (_hasOffered)
            dialog.Offers.SendOffer();
        return dialog;
    }

    private void Forget(Dialog? except)
    {
        foreach (var fork in _forks ?? [])
        {
            if (fork != except)
                stack.Dialogs.Remove(fork);
        }
        _forks = null;
    }

    private byte[] Compose(Dialog dialog, in SipPayload payload)
    {
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            stack.BeginRequest(ref writer, dialog, SipMethod.Ack.Token(), cseq, branch);
            SipStack.WritePayload(ref writer, payload);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
