using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// One party's SIP session with its media endpoint, from the INVITE to the end. All of it happens in turns of its shard; what happened is reported to its
/// call, once and in order.
/// </summary>
internal abstract partial class Leg : ILegMediaListener
{
    private readonly EdgeContext _edge;
    private bool _over;
    private Referral? _referral;

    protected Leg(EdgeContext edge, SipShard shard, LegId id, string callKey, LegOwner owner, string domain, string? near = null)
    {
        _edge = edge;
        Shard = shard;
        Id = id;
        CallKey = callKey;
        Owner = owner;
        Domain = domain;
        Reports = edge.Post.ReportsOf(id, callKey, near, OnReported);
    }

    public LegId Id { get; }

    public string CallKey { get; private set; }

    public LegOwner Owner { get; }

    public SipShard Shard { get; }

    public LegReports Reports { get; }

    /// <summary>The SIP domain of the tenant, for the identities that we assert.</summary>
    protected string Domain { get; }

    protected EdgeContext Edge => _edge;

    protected InviteSession? Session { get; private set; }

    protected LegMedia? Media { get; private set; }

    /// <summary>The dialog with the phone, once there is one.</summary>
    public Dialog? Dialog => Session?.Dialog;

    /// <summary>Its user talks to somebody, whom they may send elsewhere.</summary>
    public bool CanTransfer => IsAnswered && !_over;

    protected bool IsOver => _over;

    /// <summary>Whether the call was answered on this leg.</summary>
    protected bool IsAnswered { get; set; }

    /// <summary>Something happened in the session; in its shard's turn.</summary>
    public void OnSessionEvent(in SessionEvent e)
    {
        switch (e.Kind)
        {
            case SessionEventKind.Ended:
                _edge.Legs.SessionEnded();
                if (!_over && !IsAnswered && EndOf(e) is CallEnd.Unreachable or CallEnd.NotFound or CallEnd.Failed)
                    LogNotReached(_edge.Logger, CallKey, Id, e.End, e.Status);
                if (_over || !TriesAgain(e))
                    Finish(EndOf(e));
                break;
            case SessionEventKind.Offer:
                OnOffer(e);
                break;
            case SessionEventKind.Answer:
                OnAnswerToOffer(e);
                break;
            case SessionEventKind.Request:
                InDialogRequest.Answer(this, Shard.Stack, e.Transaction!);
                break;
            // We make no offer and send no request of our own in a dialog, but for keeping the session alive, which the stack does.
            case SessionEventKind.OfferRefused or SessionEventKind.RetryOffer or SessionEventKind.Response:
                break;
            default:
                OnCallEvent(e);
                break;
        }
    }

    /// <summary>The owner ends the leg: refuse, cancel or hang up, as its state asks for. Nothing is reported.</summary>
    public void End(CallEnd reason)
    {
        if (_over)
            return;
        _over = true;
        LogEnded(_edge.Logger, CallKey, Id, reason);
        HangUp(reason);
        Media?.Release();
        _edge.Legs.Remove(this);
    }

    /// <summary>Another call has the leg from now on.</summary>
    public void MoveTo(string callKey)
    {
        if (_over || CallKey == callKey)
            return;
        LogMoved(_edge.Logger, CallKey, Id, callKey);
        CallKey = callKey;
        Reports.MoveTo(callKey);
    }

    /// <summary>The phone asks for a transfer by REFER (RFC 3515): how it goes is told in the dialog.</summary>
    public void Refer(SipStack stack, ServerTransaction request)
    {
        // What a user may do with a call is not for whoever is outside.
        if (Owner.IsOutside)
            stack.Respond(request, 403);
        else
            (_referral ??= new Referral(_edge, this)).Take(stack, request);
    }

    /// <summary>News of a transfer that the phone asked for.</summary>
    public void TransferChanged(TransferNews news) => _referral?.Tell(news);

    /// <summary>Says something in the dialog; false when there is none.</summary>
    public bool Say(SipMethod method, in SipPayload payload) => !_over && Session?.SendRequest(method, payload) is not null;

    /// <summary>The leg fails for a reason that lies on our side of the session: it ends, and its call is told.</summary>
    public void Fail(CallEnd reason)
    {
        if (_over)
            return;
        Finish(reason);
        HangUp(reason);
    }

    /// <summary>The other side pressed a key by INFO: it goes on to the far side's media, and to the call.</summary>
    public void TakeDigit(char digit)
    {
        if (_over)
            return;
        Media?.PassDigit(digit);
        Reports.Post(new LegDigit(Id, digit));
    }

    void ILegMediaListener.OnDigit(char digit) => Reports.Post(new LegDigit(Id, digit));

    void ILegMediaListener.OnPlaybackFinished() => Reports.Post(new LegPlaybackFinished(Id));

    /// <summary>Not on the media's thread: a turn may have to wait for one that is telling the media something.</summary>
    void ILegMediaListener.OnMediaTimeout() => ThreadPool.UnsafeQueueUserWorkItem(
        static leg => leg.Shard.Run(leg, static (_, silent) => silent.Fail(CallEnd.MediaTimeout)), this, preferLocal: false);

    protected void Attach(InviteSession session)
    {
        Session = session;
        session.Tag = this;
        _edge.Legs.SessionOpened();
    }

    protected void Attach(LegMedia media) => Media = media;

    /// <summary>Gives up a session that nothing came back for; what still comes of it concerns the leg no more.</summary>
    protected static void Abandon(InviteSession session)
    {
        session.Tag = null;
        session.Hangup();
    }

    /// <summary>Whether what is at the other end of a flow is most likely a browser.</summary>
    protected static bool IsWeb(in SipFlow flow) => flow.Transport is SipTransport.Ws or SipTransport.Wss;

    /// <summary>What only the leg that called, or only the one that is called, knows.</summary>
    protected abstract void OnCallEvent(in SessionEvent e);

    /// <summary>What the end of the session means for the call.</summary>
    protected virtual CallEnd EndOf(in SessionEvent e) => CallEndMapping.FromSession(e.End, e.Status, IsAnswered);

    /// <summary>Whether the leg goes on in another session after this one's end.</summary>
    protected virtual bool TriesAgain(in SessionEvent e) => false;

    /// <summary>Says the end to the phone.</summary>
    protected abstract void HangUp(CallEnd reason);

    protected static HeaderLines ReasonOf(CallEnd reason) => new HeaderLines().Add("Reason", CallEndMapping.Reason(reason));

    private void OnOffer(in SessionEvent e)
    {
        if (Media is null || _over)
        {
            Session!.RejectOffer();
            return;
        }
        var body = e.Message?.Body ?? default;
        if (body.IsEmpty)
        {
            Session!.AcceptOffer(SipPayload.Sdp(Media.Offer([])));
            return;
        }
        if (!BodyTypes.IsSdp(e.Message!) || !Media.TryReanswer(body, out var answer))
        {
            Session!.RejectOffer(BodyTypes.IsSdp(e.Message!) ? 488 : 415);
            return;
        }
        Session!.AcceptOffer(SipPayload.Sdp(answer));
        ReportHold();
    }

    private void OnAnswerToOffer(in SessionEvent e)
    {
        if (Media is null || _over || e.Message is not { Body.IsEmpty: false } message)
            return;
        if (Media.TryTakeAnswer(message.Body, out _))
            ReportHold();
    }

    /// <summary>Tells the call once for each time that the phone's user presses hold and takes the call back.</summary>
    private void ReportHold()
    {
        if (!IsAnswered || !Media!.TryNoticeHold(out var held))
            return;
        LogHold(_edge.Logger, CallKey, Id, held);
        Reports.Post(held ? new LegHeld(Id) : new LegResumed(Id));
    }

    private void Finish(CallEnd end)
    {
        if (_over)
            return;
        _over = true;
        LogEnded(_edge.Logger, CallKey, Id, end);
        Media?.Release();
        Reports.Post(new LegEnded(Id, end, _edge.Time.GetUtcNow()));
    }

    private void OnReported(ReportOutcome outcome)
    {
        if (outcome is ReportOutcome.EndTaken)
            _edge.Legs.Remove(this);
        else
            Shard.Run((Leg: this, outcome), static (_, state) => state.Leg.End(
                state.outcome is ReportOutcome.NotOwned ? CallEnd.Completed : CallEnd.Failed));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey} {Leg}: the phone is not reached: {End}, status {Status}")]
    private static partial void LogNotReached(ILogger logger, string callKey, LegId leg, SessionEnd end, int status);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: ended, {End}")]
    private static partial void LogEnded(ILogger logger, string callKey, LegId leg, CallEnd end);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: goes to {Other}")]
    private static partial void LogMoved(ILogger logger, string callKey, LegId leg, string other);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: held is {Held}")]
    private static partial void LogHold(ILogger logger, string callKey, LegId leg, bool held);
}
