using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// Our own re-INVITEs and UPDATEs of a dialog: offers of the user, and refreshes of the session timer. One is under way at a time; one that met the other side's waits as
/// <see href="https://www.rfc-editor.org/rfc/rfc3261#section-14.1">RFC 3261 §14.1</see> says.
/// </summary>
internal sealed class LocalOffers(InviteSession session, SipStack stack)
{
    private ClientTransaction? _open;
    private bool _isRefresh;
    private bool _hasOffered;
    private byte[] _offeredBody = [];
    private byte[]? _ack;
    private uint _ackCSeq;
    private ClientTransaction? _reInvite;
    private long _retryAtMs = TransactionCore.Never;
    private long _reInviteUntilMs = TransactionCore.Never;

    public long NextDeadlineMs => Math.Min(_retryAtMs, _reInviteUntilMs);

    /// <summary>Whether one waits for its response.</summary>
    public bool IsOpen => _open is not null;

    private Dialog? Dialog => session.CurrentDialog;

    public bool Offer(in SipPayload payload, bool byUpdate)
    {
        var update = byUpdate || session.State != SessionState.Established;
        if (Dialog is not { } dialog || !MayOffer(dialog) || (update && !session.InDialog.CanUpdate) || !dialog.Offers.SendOffer())
            return false;
        _retryAtMs = TransactionCore.Never;
        _offeredBody = payload.Body.ToArray();
        if (SendTargetRefresh(update, payload, isRefresh: false, hasOffer: true))
            return true;
        dialog.Offers.Abandon();
        return false;
    }

    /// <summary>The other side's offer came first: the user makes a new one of theirs after that, if it is still wanted.</summary>
    public void ForgetRetry() => _retryAtMs = TransactionCore.Never;

    /// <summary>A response, or the lack of one; false if it is to a request of another kind.</summary>
    public bool TakeResponse(ClientTransaction transaction, SipMessage? response, int status)
    {
        if (transaction == _reInvite && status is >= 200 and < 300 && _ack is not null)
        {
            stack.Resend(Dialog!.Flow, _ack);
            return true;
        }
        if (transaction != _open)
            return false;
        if (status >= 200)
            OnDone(transaction, response, status);
        return true;
    }

    public void Advance(long nowMs)
    {
        if (_retryAtMs <= nowMs)
        {
            _retryAtMs = TransactionCore.Never;
            session.Tell(new SessionEvent(SessionEventKind.RetryOffer));
        }
        if (_reInviteUntilMs <= nowMs && _open is { } late)
        {
            AbandonReInvite();
            OnDone(late, null, 408);
        }
    }

    public void Stop()
    {
        _retryAtMs = TransactionCore.Never;
        _open = null;
        AbandonReInvite();
    }

    /// <summary>Refreshes by UPDATE; a peer that does not take that gets a re-INVITE with our session description as it stands (RFC 4028 §7.4).</summary>
    public void Refresh(long nowMs)
    {
        if (Dialog is not { } dialog || !MayOffer(dialog) || session.State != SessionState.Established)
        {
            session.Timer.RefreshAgainAt(nowMs + 2000);
            return;
        }
        session.Timer.RefreshSent();
        if (session.InDialog.CanUpdate)
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

    private bool MayOffer(Dialog dialog) => _open is null && !session.InDialog.Remote.IsOpen && !session.Success.IsRunning
        && dialog.Offers.IsStable && (session.State == SessionState.Established || (session.State == SessionState.Early && dialog.Offers.HasSession));

    private bool SendTargetRefresh(bool update, in SipPayload payload, bool isRefresh, bool hasOffer)
    {
        var dialog = Dialog!;
        var method = update ? SipMethod.Update : SipMethod.Invite;
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            var cseq = dialog.NextCSeq();
            stack.BeginRequest(ref writer, dialog, method.Token(), cseq, branch);
            stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure, session.IsFocus);
            stack.WriteCapabilities(ref writer);
            SessionTimerHeaders.WriteRequest(ref writer, session.Timer, session.Options);
            SipStack.WritePayload(ref writer, payload);
            _isRefresh = isRefresh;
            _hasOffered = hasOffer;
            _open = stack.Transmit(session, method, method.Token(), branch, dialog.Flow, writer.Written);
            if (method == SipMethod.Invite)
            {
                _reInvite = _open;
                _ack = null;
                _ackCSeq = cseq;
                _reInviteUntilMs = stack.NowMs + (2L * stack.Options.Timers.GiveUpMs);
            }
            return _open is not null;
        }
        finally
        {
            writer.Dispose();
        }
    }

    private void OnDone(ClientTransaction transaction, SipMessage? response, int status)
    {
        var dialog = Dialog!;
        _open = null;
        _reInviteUntilMs = TransactionCore.Never;
        if (status < 300 && response is not null)
        {
            OnTaken(transaction, dialog, response);
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

    private void OnTaken(ClientTransaction transaction, Dialog dialog, SipMessage response)
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
            stack.BeginRequest(ref writer, dialog, SipMethod.Ack.Token(), _ackCSeq, branch);
            writer.NoBody();
            _ack = writer.ToArray();
            stack.Resend(dialog.Flow, _ack);
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
            stack.Layer.Clients.Abandon(waiting);
    }
}
