using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// The requests of an established (or early) dialog in both directions: BYE, re-INVITE and UPDATE with their offers, refreshes of the session timer,
/// and what is only passed on. Glare follows <see href="https://www.rfc-editor.org/rfc/rfc3261#section-14.1">RFC 3261 §14.1</see>.
/// </summary>
internal sealed class InDialogRequests(InviteSession session, SipStack stack)
{
    private ServerTransaction? _remoteOffer;
    private bool _remoteWantsOffer;
    private ClientTransaction? _localOffer;
    private uint _localCSeq;
    private bool _isRefresh;
    private bool _hasOffered;
    private byte[] _offeredBody = [];
    private byte[]? _reAck;
    private uint _reAckCSeq;
    private ClientTransaction? _reInvite;
    private uint? _awaitedAck;
    private bool _ackBringsAnswer;
    private long _retryAtMs = TransactionCore.Never;
    private long _reInviteUntilMs = TransactionCore.Never;

    public long NextDeadlineMs => Math.Min(_retryAtMs, _reInviteUntilMs);

    private Dialog? Dialog => session.CurrentDialog;

    public bool Offer(in SipPayload payload, bool byUpdate)
    {
        var update = byUpdate || session.State != SessionState.Established;
        if (Dialog is not { } dialog || !MayOffer(dialog) || (update && !CanUpdate) || !dialog.Offers.SendOffer())
            return false;
        _retryAtMs = TransactionCore.Never;
        _offeredBody = payload.Body.ToArray();
        if (SendTargetRefresh(update, payload, isRefresh: false, hasOffer: true))
            return true;
        dialog.Offers.Abandon();
        return false;
    }

    public bool AcceptOffer(in SipPayload payload)
    {
        if (_remoteOffer is not { IsAnswered: false } offer || Dialog is not { } dialog)
            return false;
        _remoteOffer = null;
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
        if (_remoteOffer is not { IsAnswered: false } offer || status < 300)
            return false;
        _remoteOffer = null;
        if (!_remoteWantsOffer)
            Dialog!.Offers.Abandon();
        stack.Respond(offer, status, payload);
        session.Callee?.ContinueAfterPrack();
        return true;
    }

    public ClientTransaction? Send(SipMethod method, in SipPayload payload)
    {
        if (Dialog is not { } dialog || session.IsOver || method is SipMethod.Invite or SipMethod.Ack or SipMethod.Cancel or SipMethod.Bye or SipMethod.Unknown)
            return null;
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            stack.BeginRequest(ref writer, dialog, method.Token(), dialog.NextCSeq(), branch);
            if (method is SipMethod.Refer or SipMethod.Subscribe or SipMethod.Notify)
                stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure);
            SipStack.WritePayload(ref writer, payload);
            return stack.Transmit(session, method, method.Token(), branch, dialog.Flow, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    public void SendBye(in SipPayload payload)
    {
        _remoteOffer = RefusePending(487);
        if (Dialog is null || !stack.SendBye(session, Dialog, payload))
            session.Step(CallInput.ByeDone);
    }

    /// <summary>A request in the dialog, CANCEL and ACK apart. Its tags have been found right; its number is checked here.</summary>
    public void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        var dialog = Dialog!;
        if (!Believes(transaction.Flow))
        {
            stack.Refuse(transaction, 403);
            return;
        }
        if (!dialog.TakeRemoteCSeq(request.CSeqNumber))
        {
            stack.Refuse(transaction, 500);
            return;
        }
        dialog.Flow = transaction.Flow;
        // Only a CANCEL asks for it; else a transaction that waits for repeats would keep the call in memory.
        if (transaction.IsInvite)
            transaction.Session = session;
        switch (request.Method)
        {
            case SipMethod.Bye:
                OnBye(transaction);
                break;
            case SipMethod.Prack:
                OnPrack(transaction);
                break;
            case SipMethod.Invite when session.Callee is { Invite.IsAnswered: false } || session.State is SessionState.Initial or SessionState.Early:
                RefuseBusy(transaction, OfferVerdict.Overlap);
                break;
            case SipMethod.Invite or SipMethod.Update:
                OnTargetRefresh(transaction, dialog);
                break;
            default:
                session.Tell(new SessionEvent(SessionEventKind.Request, request, Transaction: transaction));
                break;
        }
    }

    /// <summary>Whether what comes by the flow is taken to be from the other side: it is the dialog's flow, or the user agrees.</summary>
    public bool Believes(in SipFlow flow) => Dialog is not { } dialog || dialog.Flow == flow || stack.User.Believes(session, flow);

    /// <summary>The other side cancelled its re-INVITE.</summary>
    public void OnCancel(ServerTransaction invite)
    {
        if (_remoteOffer != invite || invite.IsAnswered)
            return;
        _remoteOffer = RefusePending(487);
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

    public void OnResponse(ClientTransaction transaction, SipMessage? response, int status)
    {
        if (transaction.Method == SipMethod.Bye)
        {
            if (status >= 200)
                session.Step(CallInput.ByeDone);
            return;
        }
        if (transaction == _reInvite && status is >= 200 and < 300 && _reAck is not null)
        {
            stack.Resend(Dialog!.Flow, _reAck);
            return;
        }
        if (transaction == _localOffer)
        {
            if (status >= 200)
                OnOfferDone(transaction, response, status);
        }
        else if (transaction.Method is not (SipMethod.Prack or SipMethod.Cancel))
        {
            session.Tell(new SessionEvent(SessionEventKind.Response, response, status, Transaction: null));
        }
        // 481 and 408 to any request say that the other side has no such dialog (RFC 3261 §12.2.1.2); to a PRACK they say it of that response only.
        if (status is 481 or 408 && transaction.Method is not (SipMethod.Prack or SipMethod.Cancel))
        {
            session.EndsAs(SessionEnd.DialogLost, status);
            session.Step(CallInput.Lost);
        }
    }

    public void Advance(long nowMs)
    {
        if (_retryAtMs <= nowMs)
        {
            _retryAtMs = TransactionCore.Never;
            session.Tell(new SessionEvent(SessionEventKind.RetryOffer));
        }
        if (_reInviteUntilMs <= nowMs && _localOffer is { } late)
        {
            AbandonReInvite();
            OnOfferDone(late, null, 408);
        }
        if (session.IsOver || session.Timer.IntervalSeconds == 0)
            return;
        if (session.Timer.ExpireAtMs <= nowMs)
        {
            session.Timer.Stop();
            session.EndsAs(SessionEnd.SessionExpired, 408);
            session.Step(CallInput.Lost);
        }
        else if (session.Timer.RefreshAtMs <= nowMs)
        {
            Refresh(nowMs);
        }
    }

    public void Stop()
    {
        _remoteOffer = RefusePending(487);
        _retryAtMs = TransactionCore.Never;
        _localOffer = null;
        _awaitedAck = null;
        AbandonReInvite();
    }

    /// <summary>Whether the other side has said that it takes UPDATE, without which it must not be sent (RFC 3311 §4).</summary>
    public bool CanUpdate { get; private set; }

    /// <summary>Notes what a message says about its sender.</summary>
    public void Learn(SipMessage message) => CanUpdate |= message.HasToken(HeaderName.Allow, "UPDATE"u8);

    private bool MayOffer(Dialog dialog) => _localOffer is null && _remoteOffer is null && _awaitedAck is null && !session.Success.IsRunning
        && dialog.Offers.IsStable && (session.State == SessionState.Established || (session.State == SessionState.Early && dialog.Offers.HasSession));

    private void OnBye(ServerTransaction transaction)
    {
        var bye = transaction.Request;
        stack.Respond(transaction, 200);
        session.EndsAs(SessionEnd.RemoteBye, 0);
        if (!session.Step(CallInput.Bye, default, bye))
            session.ForgetEnd();
    }

    private void OnPrack(ServerTransaction transaction)
    {
        if (session.Callee is not { } callee || !callee.TakePrack(transaction.Request, out var hasOffer))
        {
            stack.Refuse(transaction, 481);
            return;
        }
        if (hasOffer)
        {
            Present(transaction, wantsOffer: false);
            return;
        }
        stack.Respond(transaction, 200);
        callee.ContinueAfterPrack();
    }

    private void OnTargetRefresh(ServerTransaction transaction, Dialog dialog)
    {
        var request = transaction.Request;
        var verdict = _localOffer is not null ? OfferVerdict.Glare : _remoteOffer is not null || _awaitedAck is not null ? OfferVerdict.Overlap : OfferVerdict.Accepted;
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
        Learn(request);
        if (isRefresh)
            SendSuccess(transaction, dialog, default);
        else
            Present(transaction, wantsOffer: !hasBody);
        session.Rearm();
    }

    private void Present(ServerTransaction transaction, bool wantsOffer)
    {
        _remoteOffer = transaction;
        _remoteWantsOffer = wantsOffer;
        _retryAtMs = TransactionCore.Never;
        session.Tell(new SessionEvent(SessionEventKind.Offer, transaction.Request, Transaction: transaction, IsOffer: !wantsOffer));
    }

    /// <summary>491 where ours is open, 500 with a Retry-After of 0 to 10 s where theirs is (RFC 3261 §14.2, RFC 3311 §5.2).</summary>
    private void RefuseBusy(ServerTransaction transaction, OfferVerdict verdict)
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
            stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure);
            stack.WriteCapabilities(ref writer);
            SessionTimerHeaders.WriteResponse(ref writer, session.Timer, transaction.Request);
            SipStack.WritePayload(ref writer, payload);
            if (transaction.IsInvite)
            {
                _awaitedAck = cseq;
                session.Success.Start(writer.ToArray(), stack.Options.Timers, stack.Options.Timers.T2Ms, stack.NowMs);
            }
            stack.Layer.Respond(transaction, 200, writer.Written, stack.NowMs);
        }
        finally
        {
            writer.Dispose();
        }
        session.Rearm();
    }

    /// <summary>Refreshes by UPDATE; a peer that does not take that gets a re-INVITE with our session description as it stands (RFC 4028 §7.4).</summary>
    private void Refresh(long nowMs)
    {
        if (Dialog is not { } dialog || !MayOffer(dialog) || session.State != SessionState.Established)
        {
            session.Timer.RefreshAgainAt(nowMs + 2000);
            return;
        }
        session.Timer.RefreshSent();
        if (CanUpdate)
        {
            SendTargetRefresh(update: true, default, isRefresh: true, hasOffer: false);
            return;
        }
        if (session.LocalDescription.Length == 0)
            return;
        dialog.Offers.SendOffer();
        _offeredBody = session.LocalDescription;
        if (!SendTargetRefresh(update: false, SipPayload.Sdp(session.LocalDescription), isRefresh: true, hasOffer: true))
            dialog.Offers.Abandon();
    }

    private bool SendTargetRefresh(bool update, in SipPayload payload, bool isRefresh, bool hasOffer)
    {
        var dialog = Dialog!;
        var method = update ? SipMethod.Update : SipMethod.Invite;
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            _localCSeq = dialog.NextCSeq();
            stack.BeginRequest(ref writer, dialog, method.Token(), _localCSeq, branch);
            stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure);
            stack.WriteCapabilities(ref writer);
            SessionTimerHeaders.WriteRequest(ref writer, session.Timer, session.Options);
            SipStack.WritePayload(ref writer, payload);
            _isRefresh = isRefresh;
            _hasOffered = hasOffer;
            _localOffer = stack.Transmit(session, method, method.Token(), branch, dialog.Flow, writer.Written);
            if (method == SipMethod.Invite)
            {
                _reInvite = _localOffer;
                _reAck = null;
                _reAckCSeq = _localCSeq;
                _reInviteUntilMs = stack.NowMs + (2L * stack.Options.Timers.GiveUpMs);
            }
            return _localOffer is not null;
        }
        finally
        {
            writer.Dispose();
        }
    }

    private void OnOfferDone(ClientTransaction transaction, SipMessage? response, int status)
    {
        var dialog = Dialog!;
        _localOffer = null;
        _reInviteUntilMs = TransactionCore.Never;
        if (status < 300 && response is not null)
        {
            OnOfferTaken(transaction, dialog, response);
            return;
        }
        if (_hasOffered)
            dialog.Offers.Abandon();
        if (status == 422 && response is not null)
        {
            // The peer wants longer intervals (RFC 4028 §7.3): the next attempt has one.
            session.Timer.Start(SessionTimer.MinimumOf(response, session.Timer.IntervalSeconds), session.Timer.WeRefresh, stack.NowMs);
            if (_isRefresh)
            {
                session.Timer.RefreshAgainAt(stack.NowMs);
                session.Rearm();
                return;
            }
        }
        if (status == 491)
        {
            // The owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, both in steps of 10 ms (RFC 3261 §14.1).
            var waitMs = session.IsCaller ? 2100 + (10 * stack.Identifiers.Below(191)) : 10 * stack.Identifiers.Below(201);
            if (_isRefresh)
                session.Timer.RefreshAgainAt(stack.NowMs + waitMs);
            else
                _retryAtMs = stack.NowMs + waitMs;
            session.Rearm();
            return;
        }
        if (_isRefresh)
            session.Timer.RefreshAgainAt(stack.NowMs + 10_000);
        else
            session.Tell(new SessionEvent(SessionEventKind.OfferRefused, response, status));
        session.Rearm();
    }

    private void OnOfferTaken(ClientTransaction transaction, Dialog dialog, SipMessage response)
    {
        session.Timer.Accept(response, session.Timer.IntervalSeconds, stack.NowMs);
        dialog.RefreshTarget(response);
        if (transaction.Method == SipMethod.Invite)
            AcknowledgeReInvite(dialog);
        if (_hasOffered)
        {
            if (response.Body.IsEmpty || !dialog.Offers.ReceiveAnswer())
                dialog.Offers.Abandon();
            else
                session.LocalDescription = _offeredBody;
            session.Tell(new SessionEvent(SessionEventKind.Answer, response, response.StatusCode));
        }
        session.Rearm();
    }

    private void AcknowledgeReInvite(Dialog dialog)
    {
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            stack.BeginRequest(ref writer, dialog, SipMethod.Ack.Token(), _reAckCSeq, branch);
            writer.NoBody();
            _reAck = writer.ToArray();
            stack.Resend(dialog.Flow, _reAck);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Gives up a re-INVITE that has a provisional response and will get no other: its transaction has no timer of its own then.</summary>
    private void AbandonReInvite()
    {
        _reInviteUntilMs = TransactionCore.Never;
        if (_reInvite is { State: TransactionState.Calling or TransactionState.Proceeding } waiting)
            stack.Layer.Abandon(waiting);
    }

    private ServerTransaction? RefusePending(int status)
    {
        if (_remoteOffer is { IsAnswered: false } pending)
        {
            if (!_remoteWantsOffer)
                Dialog!.Offers.Abandon();
            stack.Respond(pending, status);
        }
        return null;
    }
}
