using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.Net.WebPush;
using Webphone.Silo.Edges;

namespace Webphone.Silo.PushEdge;

/// <summary>
/// All of a user's closed browsers in one call. It never answers: it rings for as long as a push service has the ring, so that the caller is rung for while somebody
/// opens the browser, which then joins the call as a device of its own.
/// <code>
///   Ring ──► every browser that is not here, and after a moment every one that is and does not acknowledge
///              │ a push service took it          │ none took it
///              ▼                                 ▼
///           Alerting ──► the call ends it ──►  Over: what was pushed is taken back
/// </code>
/// Nothing of it holds the call up. Safe from any thread.
/// </summary>
#pragma warning disable CA1001 // The source of cancellation has no timer and is left to the collector: tasks that look at it may outlast the leg.
internal sealed partial class PushLeg
#pragma warning restore CA1001
{
    /// <summary>A timer may go off a little before the clock says so, and what comes before its time is an attempt lost.</summary>
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(50);

    private readonly PushContext _push;
    private readonly RingLeg _ring;
    private readonly LegReports _reports;
    private readonly Action<PushLeg> _over;
    private readonly DateTimeOffset _until;
    private readonly string _userKey;
    private readonly string _topic;
    private readonly ConcurrentDictionary<string, PushTarget> _rung = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _ending;
    private int _isAlerting;
    private int _isOver;

    public PushLeg(PushContext push, RingLeg ring, Action<PushLeg> over)
    {
        _push = push;
        _ring = ring;
        _over = over;
        _until = push.Time.GetUtcNow() + push.RingTimeOf(ring.Tenant);
        _userKey = UserKey.Of(ring.Tenant, ring.Extension);
        _topic = PushTexts.Topic(ring.Leg);
        _ending = _ended.Token;
        _reports = push.Post.ReportsOf(ring.Leg, ring.CallKey, ring.Near, OnReported);
    }

    public LegId Id => _ring.Leg;

    public string CallKey => _ring.CallKey;

    public TimeSpan Silence => _reports.Silence;

    public void Start() => _ = Ring();

    public void ReportAlive() => _reports.Post(new LegAlive(Id));

    /// <summary>The call ends the leg: nothing is reported to it.</summary>
    public void End(CallEnd reason)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 1)
            return;
        _ended.Cancel();
        _over(this);
        LogEnded(_push.Logger, CallKey, Id, reason);
        _ = TakeBack(reason);
    }

    /// <summary>The leg fails, and its call is told.</summary>
    public void Fail(CallEnd reason)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 1)
            return;
        _ended.Cancel();
        _reports.Post(new LegEnded(Id, reason, _push.Time.GetUtcNow()));
        _ = TakeBack(reason);
    }

    private async Task Ring()
    {
        try
        {
            var targets = await _push.Grains.GetGrain<IAccountGrain>(_userKey).GetPushTargets().WaitAsync(EdgeLimits.CommandTimeout, _push.Time);
            LogRings(_push.Logger, CallKey, Id, targets.Length);
            var taken = await Task.WhenAll(targets.Select(Ring));
            if (!taken.Contains(true))
                Fail(CallEnd.Unreachable);
        }
        // The edge of the leg's own task: nobody awaits it, and the call goes on with the other devices.
        catch (Exception error)
        {
            LogFailed(_push.Logger, error, CallKey, Id);
            Fail(CallEnd.Unreachable);
        }
    }

    private async Task<bool> Ring(PushTarget target)
    {
        if (await IsOpen(target))
        {
            await Task.Delay(_push.Options.OpenBrowserPatience, _push.Time, _ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ending.IsCancellationRequested || await IsOpen(target))
                return false;
        }
        // Before it is sent: the end may come while it is on its way, and must then follow it.
        _rung[target.Endpoint] = target;
        if (await Push(target, PushTexts.Ring(Id, _ring.Caller), () => _until - _push.Time.GetUtcNow(), _ending))
        {
            if (Volatile.Read(ref _isOver) == 0 && Interlocked.Exchange(ref _isAlerting, 1) == 0)
                _reports.Post(new LegRinging(Id));
            return true;
        }
        if (Volatile.Read(ref _isOver) == 0)
            _rung.TryRemove(target.Endpoint, out _);
        return false;
    }

    private async Task<bool> IsOpen(PushTarget target)
    {
        if (target.Session is not { } session)
            return false;
        try
        {
            return await _push.Grains.GetGrain<IBrowserSessionGrain>(SessionKey.Of(_userKey, session)).IsReachable().WaitAsync(EdgeLimits.CommandTimeout, _push.Time);
        }
        catch (Exception error)
        {
            LogFailed(_push.Logger, error, CallKey, Id);
            return false;
        }
    }

    private async Task TakeBack(CallEnd reason)
    {
        try
        {
            var body = PushTexts.End(Id, _ring.Caller, IsMissed(reason));
            await Task.WhenAll(_rung.Values.Select(target => Push(target, body, () => _push.Options.EndTimeToLive, CancellationToken.None)));
        }
        // As above.
        catch (Exception error)
        {
            LogFailed(_push.Logger, error, CallKey, Id);
        }
    }

    private static bool IsMissed(CallEnd reason) => reason is not (CallEnd.AnsweredElsewhere or CallEnd.Declined or CallEnd.Completed);

    /// <summary>True when the push service has it.</summary>
    private async Task<bool> Push(PushTarget target, ReadOnlyMemory<byte> body, Func<TimeSpan> timeToLive, CancellationToken cancellation)
    {
        if (!_push.Networks.TryRead(target.Endpoint, out var endpoint) || !PushKeys.TryRead(target.P256dh, target.Auth, out var keys))
        {
            await Forget(target);
            return false;
        }
        for (var attempt = 1; ; attempt++)
        {
            var left = timeToLive();
            if (left <= TimeSpan.Zero || cancellation.IsCancellationRequested)
                return false;
            var result = await _push.Sender.Send(new PushMessage(endpoint!, keys!, body, _topic, left), await _push.Key(), _push.ContactOf(_ring.Tenant), cancellation);
            switch (result.Outcome)
            {
                case PushOutcome.Accepted:
                    return true;
                case PushOutcome.Gone:
                    await Forget(target);
                    return false;
                case PushOutcome.Refused or PushOutcome.Overloaded:
                    return false;
            }
            var pause = result.RetryAfter ?? _push.Options.TryAgainAfter;
            if (attempt >= _push.Options.Tries || pause >= left)
                return false;
            await Task.Delay(pause + TimerSlack, _push.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task Forget(PushTarget target) =>
        _push.Grains.GetGrain<IAccountGrain>(_userKey).RemovePushTarget(target.Endpoint).WaitAsync(EdgeLimits.CommandTimeout, _push.Time);

    private void OnReported(ReportOutcome outcome)
    {
        if (outcome is ReportOutcome.EndTaken)
            _over(this);
        else
            End(outcome is ReportOutcome.NotOwned ? CallEnd.Completed : CallEnd.Failed);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: may wake {Browsers} browsers")]
    private static partial void LogRings(ILogger logger, string callKey, LegId leg, int browsers);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: wakes nobody any more, {End}")]
    private static partial void LogEnded(ILogger logger, string callKey, LegId leg, CallEnd end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: browsers could not be woken")]
    private static partial void LogFailed(ILogger logger, Exception failure, string callKey, LegId leg);
}
