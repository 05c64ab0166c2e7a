using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Subscriptions;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Stack;

/// <summary>
/// A SIP user agent without IO: messages and time go in, messages and events come out. One instance a shard; one thread at a time.
/// <code><![CDATA[
/// var stack = new SipStack(options, sink, user, seed: 32 random bytes, nowMs);
/// // the loop that owns the sockets and the clock:
/// stack.Receive(flow, message, nowMs);          // for each message that was parsed; call message.Stamp(source) before
/// stack.Advance(nowMs);                         // when nowMs >= stack.NextDeadlineMs
///
/// // callee: ISipUser.OnInvite(transaction)
/// stack.Respond(transaction, 407, challenge);   // either refuse it ...
/// var leg = stack.OpenSession(transaction);     // ... or take it, now or later
/// leg.Ring();  leg.Answer(SipPayload.Sdp(answer));  leg.Reject(486);  leg.Hangup();
///
/// // caller: events Progress, Answered, Ended by ISipUser.OnSessionEvent
/// var leg = stack.Invite(flow, new OutgoingRequest(contact, from, to, SipPayload.Sdp(offer)));
/// leg.Hangup();                                 // CANCEL or BYE, as the state asks for
/// leg.Offer(SipPayload.Sdp(hold));              // re-INVITE; the Answer event follows
/// // event Offer (the other side's hold):       leg.AcceptOffer(SipPayload.Sdp(answer)) or leg.RejectOffer()
/// // event Request (INFO, REFER ...):           stack.Respond(e.Transaction, 200)
///
/// // anything else: stack.SendRequest(SipMethod.Options, flow, request), answered by ISipUser.OnResponse
/// ]]></code>
/// Commands count from the time that the stack was told last: one that comes out of the blue, not from within an upcall, goes after an Advance.
/// The stack answers by itself: repeats, CANCEL, BYE, PRACK, refreshes of session timers, OPTIONS for no user, requests of strangers in a dialog (481), old
/// CSeq (500), merged requests (482), spent Max-Forwards (483), unknown Require (420), unknown methods (501), URI schemes (416), bodies that are no SDP
/// (415, 406), glare (491), floods (503).
/// Responses go back by the flow that the request came by; when that is gone, and to senders that ask for another port, as RFC 3261 §18.2.2 says.
/// </summary>
public sealed class SipStack : ITransactionUser
{
    /// <summary>How often a provisional response is repeated so that proxies keep the INVITE (RFC 3261 §13.3.1.1).</summary>
    internal const int RemindAfterMs = 60_000;

    private readonly ISipStackSink _sink;
    private readonly byte[] _product;

    /// <param name="seed">32 bytes from a secure source, for identifiers and keys; the same bytes give the same run.</param>
    public SipStack(SipStackOptions options, ISipStackSink sink, ISipUser user, ReadOnlySpan<byte> seed, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seed.Length, 32);
        Options = options;
        Checks = new RequestChecks(options);
        User = user;
        _sink = sink;
        _product = System.Text.Encoding.ASCII.GetBytes(options.Product);
        Seed = HashSeed.From(seed);
        NowMs = nowMs;
        Identifiers = new SipIdentifiers(HashSeed.From(seed[16..]));
        Wheel = new TimerWheel(nowMs);
        Dialogs = new DialogTable(Seed);
        Subscriptions = new SubscriptionTable(this);
        Layer = new TransactionLayer(Seed, options, Wheel, sink, Identifiers) { User = this };
    }

    public SipStackOptions Options { get; }

    /// <summary>When <see cref="Advance"/> has work next, or <see cref="long.MaxValue"/>.</summary>
    public long NextDeadlineMs => Wheel.NextDeadlineMs;

    /// <summary>What has been counted.</summary>
    public SipStatistics Statistics => Layer.Statistics;

    public int TransactionCount => Layer.Servers.Count + Layer.Clients.Count;

    public int DialogCount => Dialogs.Count;

    public int TimerCount => Wheel.Count;

    internal RequestChecks Checks { get; }

    internal ISipUser User { get; }

    internal HashSeed Seed { get; }

    internal SipIdentifiers Identifiers { get; }

    internal TimerWheel Wheel { get; }

    internal DialogTable Dialogs { get; }

    /// <summary>The subscriptions that this stack notifies of.</summary>
    public SubscriptionTable Subscriptions { get; }

    internal TransactionLayer Layer { get; }

    /// <summary>The time that the stack was told last.</summary>
    public long NowMs { get; private set; }

    /// <summary>Takes a message that came by a flow. The message must have been parsed whole, and stamped if it is a request.</summary>
    public void Receive(in SipFlow flow, SipMessage message, long nowMs)
    {
        NowMs = Math.Max(NowMs, nowMs);
        if (message.IsRequest)
        {
            Layer.Statistics.RequestsIn++;
            Layer.Servers.Receive(message, flow, NowMs);
        }
        else
        {
            Layer.Statistics.ResponsesIn++;
            Layer.Clients.Receive(message, NowMs);
        }
    }

    /// <summary>Lets the time pass: everything that is due by now happens.</summary>
    public void Advance(long nowMs)
    {
        NowMs = Math.Max(NowMs, nowMs);
        Wheel.Advance(NowMs);
    }

    /// <summary>It is this time now: what is begun next is timed from it. What is due waits for <see cref="Advance"/>.</summary>
    public void TellTime(long nowMs) => NowMs = Math.Max(NowMs, nowMs);

    /// <summary>A flow cannot be sent to any more: its transactions end at once.</summary>
    public void FlowFailed(in SipFlow flow, long nowMs)
    {
        NowMs = Math.Max(NowMs, nowMs);
        Layer.FlowFailed(flow, NowMs);
    }

    /// <summary>Answers a request, except one whose session does that. Nothing happens if it has been answered already.</summary>
    public void Respond(ServerTransaction transaction, int status, in SipPayload payload = default, ReadOnlySpan<byte> phrase = default)
    {
        if (transaction.IsAnswered)
            return;
        var writer = new SipWriter(1024);
        try
        {
            SipResponse.Begin(ref writer, transaction.Request, status, transaction.LocalTag, phrase);
            if (status is 405 or 501 or (>= 200 and < 300))
                WriteCapabilities(ref writer);
            if (_product.Length > 0)
                writer.Header(HeaderName.Server, _product);
            WritePayload(ref writer, payload);
            Layer.Servers.Respond(transaction, status, writer.Written, NowMs);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Takes an INVITE as a call. Null if it was cancelled or answered meanwhile, or if its session interval is too short (it then gets its 422).</summary>
    public InviteSession? OpenSession(ServerTransaction invite, SessionOptions? options = null)
    {
        if (invite.IsAnswered || !invite.IsInvite || invite.Session is not null)
            return null;
        var request = invite.Request;
        var session = new InviteSession(this, options ?? Options.Session, invite.Flow, NowMs);
        if (!session.Timer.Negotiate(request, session.Options.SessionExpiresSeconds, session.Options.MinSessionExpiresSeconds, NowMs))
        {
            RefuseInterval(invite, session.Options.MinSessionExpiresSeconds);
            return null;
        }
        session.CurrentDialog = Dialog.ForCallee(Seed, request, invite.LocalTag, invite.Flow);
        if (!request.Body.IsEmpty)
            session.CurrentDialog.Offers.ReceiveOffer();
        session.Callee = new CalleeSide(session, this, invite);
        session.InDialog.Learn(request);
        invite.Session = session;
        Dialogs.Add(session.CurrentDialog, session);
        session.Rearm();
        return session;
    }

    /// <summary>Calls. Null if there are too many transactions.</summary>
    public InviteSession? Invite(in SipFlow flow, in OutgoingRequest request, SessionOptions? options = null)
    {
        var session = new InviteSession(this, options ?? Options.Session, flow, NowMs) { IsFocus = request.IsFocus };
        var tag = request.FromTag ?? Identifiers.Tag();
        byte[] local = [.. request.From.Span, .. ";tag="u8, .. tag];
        var cseq = request.CSeq == 0 ? Identifiers.SequenceStart() : request.CSeq;
        session.Caller = new CallerSide(session, this, local, tag, cseq, request.RequestUri.ToArray());
        if (!request.Payload.Body.IsEmpty)
            session.Caller.Offered();
        session.KeepDescription(request.Payload);
        session.Caller.Invite = Send(SipMethod.Invite, flow, request with { FromTag = tag, CSeq = cseq }, session);
        if (session.Caller.Invite is null)
            return null;
        session.Rearm();
        return session;
    }

    /// <summary>Sends a request outside any dialog; <see cref="ISipUser.OnResponse"/> follows. Null if there are too many transactions.</summary>
    public ClientTransaction? SendRequest(SipMethod method, in SipFlow flow, in OutgoingRequest request, object? tag = null)
    {
        if (method is SipMethod.Invite or SipMethod.Ack or SipMethod.Cancel)
            throw new ArgumentOutOfRangeException(nameof(method), method, "Calls are made by Invite.");
        var transaction = Send(method, flow, request, null);
        if (transaction is not null)
            transaction.Tag = tag;
        return transaction;
    }

    internal void Resend(in SipFlow flow, byte[] message) => _sink.Send(flow, message);

    internal void BeginRequest(ref SipWriter writer, Dialog dialog, scoped ReadOnlySpan<byte> method, uint cseq, scoped Span<byte> branch)
    {
        Identifiers.Branch(branch);
        DialogWriter.Begin(ref writer, dialog, method, cseq, _sink.LocalAddress(dialog.Flow), branch);
    }

    internal ClientTransaction? Transmit(
        InviteSession? session, SipMethod method, scoped ReadOnlySpan<byte> token, scoped ReadOnlySpan<byte> branch, in SipFlow flow, scoped ReadOnlySpan<byte> message)
    {
        var transaction = Layer.Clients.Send(method, token, branch, flow, message, NowMs);
        if (transaction is not null)
            transaction.Session = session;
        return transaction;
    }

    internal bool SendBye(InviteSession? session, Dialog dialog, in SipPayload payload)
    {
        var writer = new SipWriter(1024);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            BeginRequest(ref writer, dialog, SipMethod.Bye.Token(), dialog.NextCSeq(), branch);
            WritePayload(ref writer, new SipPayload(payload.Headers));
            return Transmit(session, SipMethod.Bye, SipMethod.Bye.Token(), branch, dialog.Flow, writer.Written) is not null;
        }
        finally
        {
            writer.Dispose();
        }
    }

    internal void Forget(InviteSession session)
    {
        if (session.CurrentDialog is { } dialog)
            Dialogs.Remove(dialog);
        session.Caller?.ForgetAll();
        // The INVITE's transaction stays for its repeats, the call need not.
        if (session.Callee is { } callee)
            callee.Invite.Session = null;
    }

    /// <summary>Refuses by the stack's own judgement, counted.</summary>
    internal void Refuse(ServerTransaction transaction, int status, int retryAfterSeconds = -1)
    {
        Layer.Statistics.Rejected++;
        if (retryAfterSeconds < 0)
            Respond(transaction, status);
        else
            Respond(transaction, status, new SipPayload(new HeaderLines().Add("Retry-After", retryAfterSeconds.ToString()).Bytes));
    }

    internal void RefuseInterval(ServerTransaction transaction, int minSeconds)
    {
        Layer.Statistics.Rejected++;
        Respond(transaction, 422, new SipPayload(new HeaderLines().Add("Min-SE", minSeconds.ToString()).Bytes));
    }

    internal void WriteContact(ref SipWriter writer, in SipFlow flow, bool secure, bool isFocus = false) =>
        DialogWriter.Contact(ref writer, flow, _sink.LocalAddress(flow), secure, isFocus);

    internal void WriteProduct(ref SipWriter writer)
    {
        if (_product.Length > 0)
            writer.Header(HeaderName.UserAgent, _product);
    }

    internal void WriteCapabilities(ref SipWriter writer)
    {
        writer.Header(HeaderName.Allow, Checks.Allow);
        writer.Header(HeaderName.Supported, Checks.Supported);
    }

    internal static void WritePayload(ref SipWriter writer, in SipPayload payload)
    {
        writer.Raw(payload.Headers.Span);
        if (payload.Body.IsEmpty)
            writer.NoBody();
        else
            writer.Body(payload.ContentType.IsEmpty ? "application/sdp"u8 : payload.ContentType.Span, payload.Body.Span);
    }

    void ITransactionUser.OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (request.Method == SipMethod.Cancel)
        {
            OnCancel(transaction);
            return;
        }
        if (Checks.Refusal(request) is var status and not 0)
        {
            Layer.Statistics.Rejected++;
            Respond(transaction, status, Checks.Explain(request, status));
            return;
        }
        if (!request.ToTag.IsEmpty)
        {
            if (Dialogs.Find(request) is { } session)
                session.InDialog.OnRequest(transaction);
            else if (Subscriptions.Find(request) is { } subscription)
                subscription.OnRequest(transaction);
            else if (!User.TryTake(transaction))
                Refuse(transaction, 481);
            return;
        }
        switch (request.Method)
        {
            case SipMethod.Invite:
                User.OnInvite(transaction);
                break;
            case SipMethod.Register:
                User.OnRegister(transaction);
                break;
            // A ping: no user is asked for.
            case SipMethod.Options when request.TryGetRequestUri(out var uri) && uri.User.IsEmpty:
                Respond(transaction, 200);
                break;
            case SipMethod.Bye or SipMethod.Prack or SipMethod.Update or SipMethod.Info:
                Refuse(transaction, 481);
                break;
            default:
                User.OnRequest(transaction);
                break;
        }
    }

    void ITransactionUser.OnAck(SipMessage ack, in SipFlow flow)
    {
        if (Dialogs.Find(ack) is { } session && session.InDialog.Believes(flow))
            session.OnAck(ack);
        else
            Layer.Statistics.Strays++;
    }

    void ITransactionUser.OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.Subscription is { } subscription)
        {
            subscription.OnResponse(response, response.StatusCode);
            return;
        }
        if (transaction.Session is not { } session)
        {
            if (transaction.Method is not (SipMethod.Cancel or SipMethod.Bye))
                User.OnResponse(transaction, response, response.StatusCode);
            return;
        }
        session.InDialog.Learn(response);
        if (transaction == session.Caller?.Invite)
            session.Caller.OnResponse(response);
        else
            session.InDialog.OnResponse(transaction, response, response.StatusCode);
    }

    void ITransactionUser.OnNoResponse(ClientTransaction transaction, int status)
    {
        if (transaction.Subscription is { } subscription)
        {
            subscription.OnResponse(null, status);
            return;
        }
        if (transaction.Session is not { } session)
        {
            if (transaction.Method is not (SipMethod.Cancel or SipMethod.Bye))
                User.OnResponse(transaction, null, status);
            return;
        }
        if (transaction == session.Caller?.Invite)
            session.Caller.OnNoResponse(status);
        else
            session.InDialog.OnResponse(transaction, null, status);
    }

    void ITransactionUser.OnTerminated(ClientTransaction transaction)
    {
        if (transaction.Session is { } session && transaction == session.Caller?.Invite)
            session.Caller.OnTerminated();
    }

    void ITransactionUser.OnRerouted(ServerTransaction transaction)
    {
        if (transaction.Session is { CurrentDialog: { } dialog } session && session.Callee?.Invite == transaction)
            dialog.Flow = transaction.Flow;
    }

    void ITransactionUser.OnServerFailed(ServerTransaction transaction)
    {
        if (transaction.Session is not { } session || session.Callee?.Invite != transaction || session.State > SessionState.Early)
            return;
        session.EndsAs(SessionEnd.TransportFailed, 503);
        session.Step(CallInput.Failure);
    }

    private void OnCancel(ServerTransaction cancel)
    {
        var request = cancel.Request;
        var invite = Layer.Servers.FindCancelled(request);
        if (invite is null)
        {
            Refuse(cancel, 481);
            return;
        }
        Respond(cancel, 200);
        if (invite.Session is { } session)
        {
            if (session.Callee?.Invite == invite)
                session.OnCancel(request);
            else
                session.InDialog.Remote.OnCancel(invite);
        }
        else if (!invite.IsAnswered)
        {
            Respond(invite, 487);
            User.OnCancel(invite);
        }
    }

    private ClientTransaction? Send(SipMethod method, in SipFlow flow, in OutgoingRequest request, InviteSession? session)
    {
        var token = request.Method.IsEmpty ? method.Token() : request.Method.Span;
        var localAddress = _sink.LocalAddress(flow);
        Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
        Identifiers.Branch(branch);
        var writer = new SipWriter(2048);
        try
        {
            writer.RequestLine(token, request.RequestUri.Span);
            writer.Via(flow.Transport, localAddress, branch);
            writer.Header(HeaderName.MaxForwards, 70);
            writer.BeginHeader(HeaderName.From);
            writer.Text(request.From.Span);
            writer.Text(";tag="u8);
            writer.Text(request.FromTag ?? Identifiers.Tag());
            writer.EndLine();
            writer.Header(HeaderName.To, request.To.Span);
            writer.Header(HeaderName.CallId, request.CallId ?? Identifiers.CallId());
            writer.CSeq(request.CSeq == 0 ? Identifiers.SequenceStart() : request.CSeq, token);
            if (session is not null)
            {
                DialogWriter.Contact(ref writer, flow, localAddress, flow.IsSecure && request.RequestUri.Span.StartsWith("sips:"u8), session.IsFocus);
                WriteCapabilities(ref writer);
                SessionTimerHeaders.WriteRequest(ref writer, session.Timer, session.Options);
            }
            WriteProduct(ref writer);
            WritePayload(ref writer, request.Payload);
            return Transmit(session, method, token, branch, flow, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
