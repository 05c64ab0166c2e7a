using Webphone.Sip.Dialogs;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>The other side's re-INVITEs, UPDATEs and PRACKs of a dialog, with or without an offer: at most one waits for the user's answer, or for the ACK of it.</summary>
internal sealed class RemoteOffers(InviteSession session, SipStack stack)
{
    private ServerTransaction? _waiting;
    private bool _wantsOffer;
    private uint? _awaitedAck;
    private bool _ackBringsAnswer;

    /// <summary>Whether one waits, for the user or for its ACK.</summary>
    public bool IsOpen => _waiting is not null || _awaitedAck is not null;

    private Dialog? Dialog => session.CurrentDialog;

    public bool AcceptOffer(in SipPayload payload)
    {
        if (_waiting is not { IsAnswered: false } offer || Dialog is not { } dialog)
            return false;
        _waiting = null;
        if (offer.Method == SipMethod.Prack)
        {
            dialog.Offers.SendAnswer();
            session.KeepDescription(payload);
            stack.Respond(offer, 200, payload);
            session.Callee?.ContinueAfterPrack();
            return true;
        }
        _ackBringsAnswer = false;
        session.KeepDescription(payload);
        if (!payload.Body.IsEmpty && !dialog.Offers.SendAnswer())
            _ackBringsAnswer = dialog.Offers.SendOffer();
        SendSuccess(offer, dialog, payload);
        return true;
    }

    public bool RejectOffer(int status, in SipPayload payload)
    {
        if (_waiting is not { IsAnswered: false } offer || status < 300)
            return false;
        _waiting = null;
        if (!_wantsOffer)
            Dialog!.Offers.Abandon();
        stack.Respond(offer, status, payload);
        session.Callee?.ContinueAfterPrack();
        return true;
    }

    /// <summary>The other side cancelled its re-INVITE.</summary>
    public void OnCancel(ServerTransaction invite)
    {
        if (_waiting != invite || invite.IsAnswered)
            return;
        Refuse(487);
        session.Tell(new SessionEvent(SessionEventKind.OfferRefused, null, 487));
    }

    /// <summary>The ACK of a re-INVITE's 2xx; false if it is another's.</summary>
    public bool TakeAck(SipMessage ack)
    {
        if (_awaitedAck != ack.CSeqNumber)
            return false;
        _awaitedAck = null;
        session.Success.Stop();
        if (_ackBringsAnswer)
        {
            _ackBringsAnswer = false;
            if (!ack.Body.IsEmpty && Dialog!.Offers.ReceiveAnswer())
                session.Tell(new SessionEvent(SessionEventKind.Answer, ack, 200));
            else
                Dialog!.Offers.Abandon();
        }
        session.Rearm();
        return true;
    }

    public void OnPrack(ServerTransaction transaction)
    {
        if (session.Callee is not { } callee || !callee.TakePrack(transaction.Request, out var carries))
        {
            stack.Refuse(transaction, 481);
            return;
        }
        if (carries == PrackBody.Offer)
        {
            Present(transaction, wantsOffer: false);
            return;
        }
        var prack = transaction.Request;
        stack.Respond(transaction, 200);
        if (carries == PrackBody.Answer)
            session.Tell(new SessionEvent(SessionEventKind.Answer, prack, 200));
        callee.ContinueAfterPrack();
    }

    /// <summary>A re-INVITE or an UPDATE.</summary>
    public void OnTargetRefresh(ServerTransaction transaction, Dialog dialog)
    {
        var request = transaction.Request;
        // A re-INVITE that overtakes the call's own ACK is to come again: only one 2xx is repeated at a time, and the first one's ACK makes the call.
        var isEarly = transaction.IsInvite && session.State is (SessionState.AwaitingAck or SessionState.HangupPending);
        var verdict = session.InDialog.Local.IsOpen || isEarly ? OfferVerdict.Glare : IsOpen ? OfferVerdict.Overlap : OfferVerdict.Accepted;
        var hasBody = !request.Body.IsEmpty;
        var isRefresh = request.Method == SipMethod.Update && !hasBody;
        if (verdict == OfferVerdict.Accepted && hasBody)
            verdict = dialog.Offers.ReceiveOffer();
        if (verdict != OfferVerdict.Accepted && !isRefresh)
        {
            RefuseBusy(transaction, verdict);
            return;
        }
        if (!session.Timer.Negotiate(request, session.Options.SessionExpiresSeconds, session.Options.MinSessionExpiresSeconds, stack.NowMs))
        {
            if (hasBody)
                dialog.Offers.Abandon();
            stack.RefuseInterval(transaction, session.Options.MinSessionExpiresSeconds);
            return;
        }
        dialog.RefreshTarget(request);
        session.InDialog.Learn(request);
        if (isRefresh)
            SendSuccess(transaction, dialog, default);
        else
            Present(transaction, wantsOffer: !hasBody);
        session.Rearm();
    }

    /// <summary>Refuses what waits for the user.</summary>
    public void Refuse(int status)
    {
        if (_waiting is { IsAnswered: false } pending)
        {
            if (!_wantsOffer)
                Dialog!.Offers.Abandon();
            stack.Respond(pending, status);
        }
        _waiting = null;
    }

    public void Stop()
    {
        Refuse(487);
        _awaitedAck = null;
    }

    private void Present(ServerTransaction transaction, bool wantsOffer)
    {
        _waiting = transaction;
        _wantsOffer = wantsOffer;
        session.InDialog.Local.ForgetRetry();
        session.Tell(new SessionEvent(SessionEventKind.Offer, transaction.Request, Transaction: transaction, IsOffer: !wantsOffer));
    }

    /// <summary>491 where ours is open, 500 with a Retry-After of 0 to 10 s where theirs is (RFC 3261 §14.2, RFC 3311 §5.2).</summary>
    public void RefuseBusy(ServerTransaction transaction, OfferVerdict verdict)
    {
        if (verdict == OfferVerdict.Glare)
            stack.Refuse(transaction, 491);
        else
            stack.Refuse(transaction, 500, stack.Identifiers.Below(11));
    }

    private void SendSuccess(ServerTransaction transaction, Dialog dialog, in SipPayload payload)
    {
        var cseq = transaction.Request.CSeqNumber;
        var writer = new SipWriter(1024);
        try
        {
            SipResponse.Begin(ref writer, transaction.Request, 200);
            stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure, session.IsFocus);
            stack.WriteCapabilities(ref writer);
            SessionTimerHeaders.WriteResponse(ref writer, session.Timer, transaction.Request);
            SipStack.WritePayload(ref writer, payload);
            if (transaction.IsInvite)
            {
                _awaitedAck = cseq;
                session.Success.Start(writer.ToArray(), stack.Options.Timers, stack.Options.Timers.T2Ms, stack.NowMs);
            }
            stack.Layer.Servers.Respond(transaction, 200, writer.Written, stack.NowMs);
        }
        finally
        {
            writer.Dispose();
        }
        session.Rearm();
    }
}
