using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Users;
using Webphone.Silo.Edges;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// One browser's part in a call, from the dialling or the ring to the end. It belongs to the session and to no connection: the tab may reload, sleep or change
/// networks, and the leg waits for it.
/// <code>
///   Dial ──► Calling ───── the far side answers ─────┐
///                                                    ▼
///   Ring ──► Ringing ── acknowledged ──► Alerting ─► Answered ──► Over
///               │                           │ the browser answers
///               └── 1 s without a word: Over, Unreachable
/// </code>
/// Hang-up, decline, the owner's <see cref="IEdge.End"/> and the end of waiting lead from every state to Over. Safe from any thread.
/// </summary>
internal sealed partial class BrowserLeg : ILegMediaListener
{
    private readonly BrowserEdgeContext _edge;
    private readonly LegReports _reports;
    private readonly SessionTeller _teller;
    private readonly Lock _gate = new();
    private readonly LegAbsence _absence;
    private readonly LegTransfer _transfer;
    private readonly BrowserLeg? _consults;
    private readonly RingLeg? _ring;
    private readonly DateTimeOffset _startedAt;
    private readonly string _tenant;
    private BrowserLegStage _stage;
    private IWebRtcEndpoint? _endpoint;
    private (string Offer, string Answer) _settled = ("", "");
    private bool _held;
    private ITimer? _acknowledgement;

    /// <param name="edge">The edge.</param>
    /// <param name="session">Key of the session's grain.</param>
    /// <param name="id">The leg.</param>
    /// <param name="callKey">The call that owns it.</param>
    /// <param name="ring">The ring; null when the browser dials.</param>
    /// <param name="consults">The leg whose far side is to be transferred, when this one asks the target first.</param>
    public BrowserLeg(BrowserEdgeContext edge, string session, LegId id, string callKey, RingLeg? ring, BrowserLeg? consults = null)
    {
        _edge = edge;
        Session = session;
        Id = id;
        CallKey = callKey;
        _ring = ring;
        _consults = consults;
        _startedAt = edge.Time.GetUtcNow();
        _stage = ring is null ? BrowserLegStage.Calling : BrowserLegStage.Ringing;
        _tenant = UserKey.Split(SessionKey.Split(session).UserKey).Tenant;
        _reports = edge.Post.ReportsOf(id, callKey, ring?.Near, OnReported);
        _teller = new SessionTeller(edge.Grains.GetGrain<IBrowserSessionGrain>(session), session, edge.Time, edge.Logger);
        _transfer = new LegTransfer(_teller.Tell);
        _absence = new LegAbsence(_gate, edge, new LegAbsence.Callbacks(LostChanged, AwayChanged, WaitedInVain));
    }

    public string Session { get; }

    public LegId Id { get; }

    public string CallKey { get; private set; }

    public TimeSpan Silence => _reports.Silence;

    /// <summary>The leg as a tab that attaches finds it; null when it is over.</summary>
    public SessionLeg? View
    {
        get
        {
            lock (_gate)
                return _stage == BrowserLegStage.Over ? null : new SessionLeg(Id, CallKey, _absence.IsLost, IsRinging ? _ring!.Caller : null, _consults?.Id, _transfer.Last);
        }
    }

    /// <summary>Its user talks in it, or would if the far side were there.</summary>
    private bool Talks
    {
        get
        {
            lock (_gate)
                return _stage is BrowserLegStage.Calling or BrowserLegStage.Answered && !_held;
        }
    }

    private bool IsRinging => _stage is BrowserLegStage.Ringing or BrowserLegStage.Alerting;

    /// <summary>The browser dials: its media is settled at once, and the call begins. A refusal leaves nothing.</summary>
    public OfferOutcome Dial(DialOffer offer, string extension, string device)
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Calling || _endpoint is not null)
                return Settle(offer.Sdp, null, out _);
            var outcome = Settle(offer.Sdp, null, out var settled);
            if (outcome.Refusal is not null)
                return outcome;
            LogDials(_edge.Logger, CallKey, Id, extension);
            _reports.Start(new StartCall(Id, _edge.Options.Node, _tenant, extension, device, offer.Number, _endpoint!.Id, settled.Offered, CallerId: offer.CallerId));
            _teller.Tell(new LegJoined(Id, CallKey, _consults?.Id));
            _consults?.Hold(true);
            return outcome;
        }
    }

    /// <summary>The call rings this browser.</summary>
    public void Ring()
    {
        lock (_gate)
        {
            LogRings(_edge.Logger, CallKey, Id, Session);
            _teller.Tell(new RingStarted(Id, CallKey, _ring!.Caller, _startedAt, _ring.Reason, _ring.AutoAnswer));
            _acknowledgement = Timer(_edge.Options.RingAcknowledgement, NotAcknowledged);
        }
    }

    public void Acknowledge()
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Ringing)
                return;
            _stage = BrowserLegStage.Alerting;
            _acknowledgement?.Dispose();
            _reports.Post(new LegRinging(Id));
        }
    }

    /// <summary>The browser answers the ring.</summary>
    public OfferOutcome Answer(string offer)
    {
        lock (_gate)
        {
            if (!IsRinging)
                return Settle(offer, null, out _);
            var outcome = Settle(offer, _ring!.Codecs.IsDefaultOrEmpty ? null : _ring.Codecs[0], out var settled);
            if (outcome.Refusal is not null)
                return outcome;
            _acknowledgement?.Dispose();
            Answered();
            _reports.Post(new LegAnswered(Id, _endpoint!.Id, settled.Codec, _ring.Link is { } waiting ? _endpoint.Link(waiting) : null));
            return outcome;
        }
    }

    /// <summary>The browser is back with a new page or in a new network.</summary>
    public OfferOutcome Reconnect(string offer)
    {
        lock (_gate)
            return _endpoint is null && _stage != BrowserLegStage.Over ? OfferOutcome.Refused(OfferRefusal.WrongState) : Settle(offer, null, out _);
    }

    /// <summary>The browser's user leaves the call.</summary>
    public void HangUp() => Finish(stage => stage switch
    {
        BrowserLegStage.Calling => CallEnd.Cancelled,
        BrowserLegStage.Answered => CallEnd.Completed,
        _ => CallEnd.Declined,
    });

    public void Decline()
    {
        if (View?.Caller is not null)
            Fail(CallEnd.Declined);
    }

    /// <summary>Another call has the leg from now on.</summary>
    public void MoveTo(string callKey)
    {
        lock (_gate)
        {
            if (_stage == BrowserLegStage.Over || CallKey == callKey)
                return;
            CallKey = callKey;
            _reports.MoveTo(callKey);
            _teller.Tell(new LegJoined(Id, callKey, _consults?.Id));
        }
    }

    /// <summary>The browser's user sends the other party elsewhere; how it goes comes as <see cref="TransferTold"/>.</summary>
    public void Transfer(TransferCall command, Consultation? consultation)
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Answered)
                _transfer.Refuse(command, CallEnd.Forbidden);
            else if (_transfer.TryBegin(command))
                _reports.Ask(new TransferRequest(command.RequestId, Id, command.Target, consultation, command.Kind), news => TransferChanged(news));
        }
    }

    /// <summary>The transfer cannot be.</summary>
    public void Refuse(TransferCall command, CallEnd reason) => _transfer.Refuse(command, reason);

    /// <summary>False when another leg asked for it.</summary>
    public bool TransferChanged(TransferNews news) => _transfer.Hear(news);

    public void Hold(bool holds)
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Answered || _held == holds)
                return;
            _held = holds;
            _reports.Post(holds ? new LegHeld(Id) : new LegResumed(Id));
        }
    }

    public void Press(string digits)
    {
        lock (_gate)
        {
            if (_endpoint is null || _stage == BrowserLegStage.Over)
                return;
            foreach (var digit in digits)
            {
                _endpoint.PassDigit(digit);
                _reports.Post(new LegDigit(Id, digit));
            }
        }
    }

    /// <summary>The far side rings.</summary>
    public void ShowRinging()
    {
        lock (_gate)
        {
            if (_stage == BrowserLegStage.Calling && _endpoint is not null)
                _ = _edge.Media.Play(_endpoint.Id, MediaSource.OfTone(ProgressTone.Ringback));
        }
    }

    /// <summary>The far side answered.</summary>
    public void FarSideAnswered()
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Calling)
                return;
            Answered();
            // What the call was told of it before it was connected may have meant nothing then.
            if (_absence.IsAway)
                _reports.Post(new LegAway(Id));
        }
    }

    /// <summary>The owner ends the leg: nothing is reported to it.</summary>
    public void End(CallEnd reason)
    {
        lock (_gate)
        {
            if (!Over(reason))
                return;
            _edge.Legs.Remove(this);
        }
    }

    /// <summary>The leg fails: it ends, and its call is told.</summary>
    public void Fail(CallEnd reason) => Finish(_ => reason);

    public void Connected(bool isConnected)
    {
        lock (_gate)
            _absence.Connected(isConnected);
    }

    public void ReportAlive() => _reports.Post(new LegAlive(Id));

    void ILegMediaListener.OnDigit(char digit) => _reports.Post(new LegDigit(Id, digit));

    void ILegMediaListener.OnPlaybackFinished() => _reports.Post(new LegPlaybackFinished(Id));

    void ILegMediaListener.OnMediaTimeout() => OffMediaThread(static leg => leg.Finish(_ => leg.EndWithout(CallEnd.MediaTimeout)));

    void ILegMediaListener.OnMediaLost() => OffMediaThread(static leg => leg.MediaMoved(static absence => absence.MediaLost()));

    void ILegMediaListener.OnMediaBack() => OffMediaThread(static leg => leg.MediaMoved(static absence => absence.MediaHeard()));

    /// <summary>The consultation is over: the far side comes back from hold, unless it is on its way elsewhere or its user talks to somebody.</summary>
    private void TakeBack()
    {
        if (!_transfer.IsUnderWay && !_edge.Legs.Of(Session).Any(leg => leg != this && leg.Talks))
            Hold(false);
    }

    /// <summary>Not on the media's thread: the lock may be held by who waits for that thread.</summary>
    private void OffMediaThread(Action<BrowserLeg> work) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.work(state.leg), (leg: this, work), preferLocal: false);

    private void MediaMoved(Action<LegAbsence> change)
    {
        lock (_gate)
            change(_absence);
    }

    private void Answered()
    {
        _stage = BrowserLegStage.Answered;
        LogAnswered(_edge.Logger, CallKey, Id);
    }

    /// <summary>Answers an offer by the leg's endpoint, which is made when there is none. The same offer again gets the same answer.</summary>
    private OfferOutcome Settle(string offer, MediaCodec? preferred, out (MediaCodec Codec, ImmutableArray<MediaCodec> Offered) settled)
    {
        settled = default;
        if (_stage == BrowserLegStage.Over)
            return OfferOutcome.Refused(OfferRefusal.Gone);
        if (_endpoint is not null && _settled.Offer == offer)
            return new OfferOutcome(_settled.Answer, CallKey, null);
        var made = _endpoint is null ? _edge.Endpoints.CreateWebRtc(_tenant, this) : null;
        if ((_endpoint ?? made) is not { } endpoint)
            return OfferOutcome.Refused(OfferRefusal.Overloaded);
        if (!endpoint.TryAnswer(offer, preferred, out var answer, out var codec, out var offered, out var error))
        {
            LogBadOffer(_edge.Logger, CallKey, Id, error);
            made?.Release();
            return OfferOutcome.Refused(OfferRefusal.BadOffer);
        }
        _endpoint = endpoint;
        _settled = (offer, answer);
        _absence.ExpectMedia();
        settled = (codec, offered);
        return new OfferOutcome(answer, CallKey, null);
    }

    private void LostChanged(bool isLost)
    {
        LogLost(_edge.Logger, CallKey, Id, isLost);
        _teller.Tell(new LegLost(Id, CallKey, isLost));
    }

    private bool AwayChanged(bool isAway)
    {
        if (_endpoint is null)
            return false;
        _reports.Post(isAway ? new LegAway(Id) : new LegBack(Id));
        return true;
    }

    private void WaitedInVain() => Finish(stage => stage is BrowserLegStage.Ringing or BrowserLegStage.Alerting ? CallEnd.Unreachable : EndWithout(CallEnd.PartyLost));

    /// <summary>How it ends when the browser is not heard any more, or never was.</summary>
    private CallEnd EndWithout(CallEnd heardBefore) => _absence.IsMediaMissing ? CallEnd.NoMediaPath : heardBefore;

    private void NotAcknowledged()
    {
        lock (_gate)
        {
            if (_stage != BrowserLegStage.Ringing)
                return;
        }
        _teller.Tell(new RingMissed(Id));
        Fail(CallEnd.Unreachable);
    }

    private void Finish(Func<BrowserLegStage, CallEnd> endOf)
    {
        lock (_gate)
        {
            var end = endOf(_stage);
            if (Over(end))
                _reports.Post(new LegEnded(Id, end, _edge.Time.GetUtcNow()));
        }
    }

    private bool Over(CallEnd end)
    {
        if (_stage == BrowserLegStage.Over)
            return false;
        if (IsRinging)
            _teller.Tell(new RingEnded(Id, CallKey, end));
        _stage = BrowserLegStage.Over;
        _acknowledgement?.Dispose();
        _absence.Over();
        _endpoint?.Release();
        if (_consults is not null)
            OffMediaThread(static leg => leg._consults!.TakeBack());
        LogEnded(_edge.Logger, CallKey, Id, end);
        return true;
    }

    private void OnReported(ReportOutcome outcome)
    {
        if (outcome is ReportOutcome.EndTaken)
            _edge.Legs.Remove(this);
        else
            End(outcome is ReportOutcome.NotOwned ? CallEnd.Completed : CallEnd.Failed);
    }

    private ITimer Timer(TimeSpan due, Action fired) => _edge.Time.CreateTimer(static state => ((Action)state!)(), fired, due, Timeout.InfiniteTimeSpan);

    private enum BrowserLegStage
    {
        Calling,
        Ringing,
        Alerting,
        Answered,
        Over,
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: the browser of {Extension} dials")]
    private static partial void LogDials(ILogger logger, string callKey, LegId leg, string extension);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: rings {Session}")]
    private static partial void LogRings(ILogger logger, string callKey, LegId leg, string session);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: answered")]
    private static partial void LogAnswered(ILogger logger, string callKey, LegId leg);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: out of reach is {Lost}")]
    private static partial void LogLost(ILogger logger, string callKey, LegId leg, bool lost);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey} {Leg}: the offer cannot be taken: {Error}")]
    private static partial void LogBadOffer(ILogger logger, string callKey, LegId leg, string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: ended, {End}")]
    private static partial void LogEnded(ILogger logger, string callKey, LegId leg, CallEnd end);
}
