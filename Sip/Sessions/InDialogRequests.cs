using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// The requests of an established (or early) dialog in both directions: BYE, the session timer's end, and what is only passed on; <see cref="LocalOffers"/> and
/// <see cref="RemoteOffers"/> have those that carry session descriptions.
/// </summary>
internal sealed class InDialogRequests(InviteSession session, SipStack stack)
{
    public long NextDeadlineMs => Local.NextDeadlineMs;

    /// <summary>What we ask of the other side.</summary>
    public LocalOffers Local { get; } = new(session, stack);

    /// <summary>What the other side asks of us.</summary>
    public RemoteOffers Remote { get; } = new(session, stack);

    private Dialog? Dialog => session.CurrentDialog;

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
                stack.WriteContact(ref writer, dialog.Flow, dialog.IsSecure, session.IsFocus);
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
        Remote.Refuse(487);
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
                Remote.OnPrack(transaction);
                break;
            case SipMethod.Invite when session.Callee is { Invite.IsAnswered: false } || session.State is SessionState.Initial or SessionState.Early:
                Remote.RefuseBusy(transaction, OfferVerdict.Overlap);
                break;
            case SipMethod.Invite or SipMethod.Update:
                Remote.OnTargetRefresh(transaction, dialog);
                break;
            default:
                session.Tell(new SessionEvent(SessionEventKind.Request, request, Transaction: transaction));
                break;
        }
    }

    /// <summary>Whether what comes by the flow is taken to be from the other side: it is the dialog's flow, or the user agrees.</summary>
    public bool Believes(in SipFlow flow) => Dialog is not { } dialog || dialog.Flow == flow || stack.User.Believes(session, flow);

    public void OnResponse(ClientTransaction transaction, SipMessage? response, int status)
    {
        if (transaction.Method == SipMethod.Bye)
        {
            if (status >= 200)
                session.Step(CallInput.ByeDone);
            return;
        }
        if (!Local.TakeResponse(transaction, response, status) && transaction.Method is not (SipMethod.Prack or SipMethod.Cancel))
            session.Tell(new SessionEvent(SessionEventKind.Response, response, status, Transaction: null));
        // 481 and 408 to any request say that the other side has no such dialog (RFC 3261 §12.2.1.2); to a PRACK they say it of that response only.
        if (status is 481 or 408 && transaction.Method is not (SipMethod.Prack or SipMethod.Cancel))
        {
            session.EndsAs(SessionEnd.DialogLost, status);
            session.Step(CallInput.Lost);
        }
    }

    public void Advance(long nowMs)
    {
        Local.Advance(nowMs);
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
            Local.Refresh(nowMs);
        }
    }

    public void Stop()
    {
        Remote.Stop();
        Local.Stop();
    }

    /// <summary>Whether the other side has said that it takes UPDATE, without which it must not be sent (RFC 3311 §4).</summary>
    public bool CanUpdate { get; private set; }

    /// <summary>Notes what a message says about its sender.</summary>
    public void Learn(SipMessage message) => CanUpdate |= message.HasToken(HeaderName.Allow, "UPDATE"u8);

    private void OnBye(ServerTransaction transaction)
    {
        var bye = transaction.Request;
        stack.Respond(transaction, 200);
        session.EndsAs(SessionEnd.RemoteBye, 0);
        if (!session.Step(CallInput.Bye, default, bye))
            session.ForgetEnd();
    }
}
