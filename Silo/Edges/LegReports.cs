using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;

namespace Webphone.Silo.Edges;

/// <summary>
/// What one leg tells its call: in order, one at a time, each until the call took it or the tries are over. Posting never waits.
/// Safe from any thread.
/// </summary>
internal sealed partial class LegReports
{
    private const int Tries = 8;

    /// <summary>How often a call may say that it has no such leg until that is believed.</summary>
    private const int MaxDenials = 4;

    /// <summary>More than this means that the call does not answer at all; what a person types is dropped first.</summary>
    private const int MaxWaiting = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly EdgePost _post;
    private readonly LegId _leg;
    private readonly Action<ReportOutcome> _outcome;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<Report> _waiting = new(4);
    private Owner _owner;
    private Action<TransferNews>? _failed;
    private bool _pumping;
    private volatile bool _rang;
    private long _lastPost;

    /// <summary>As <see cref="EdgePost.ReportsOf"/> makes them.</summary>
    public LegReports(EdgePost post, LegId leg, string callKey, string? near, Action<ReportOutcome> outcome, TimeProvider time, ILogger logger)
    {
        _post = post;
        _owner = new Owner(post.Call(callKey), callKey, near);
        _leg = leg;
        _outcome = outcome;
        _time = time;
        _logger = logger;
        _lastPost = time.GetTimestamp();
    }

    private sealed record Owner(ICallGrain Call, string CallKey, string? Near);

    /// <summary>The start of the call, something that happened to the leg, or something that its user asks for.</summary>
    private readonly record struct Report(StartCall? Start, LegEvent? Event, TransferRequest? Transfer = null);

    /// <summary>Time since something was reported.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _lastPost));

    /// <summary>Another call has the leg: it is told from now on, also of what waits.</summary>
    public void MoveTo(string callKey) => Volatile.Write(ref _owner, new Owner(_post.Call(callKey), callKey, Near: null));

    public void Start(StartCall start) => Post(new Report(start, null));

    /// <summary>
    /// Asks for a transfer, before whatever the leg reports after it: a phone may hang up at once. One that cannot be asked for is told as failed.
    /// </summary>
    public void Ask(TransferRequest transfer, Action<TransferNews> failed)
    {
        _failed = failed;
        Post(new Report(null, null, transfer));
    }

    public void Post(LegEvent happened)
    {
        // Who waits for the device to ring hears that by the answer to their command.
        if (_post.Waits.Settle(_leg, happened is LegRinging) && happened is LegRinging)
        {
            _rang = true;
            Volatile.Write(ref _lastPost, _time.GetTimestamp());
        }
        else
            Post(new Report(null, happened is LegAnswered answered ? answered with { Rang = _rang } : happened));
    }

    private void Post(Report report)
    {
        Volatile.Write(ref _lastPost, _time.GetTimestamp());
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting && report.Event is not LegEnded)
            {
                LogDropped(_logger, _owner.CallKey, _leg);
                return;
            }
            _waiting.Enqueue(report);
            if (_pumping)
                return;
            _pumping = true;
        }
        // Off the stack's thread: the first synchronous part of a grain call is not short enough for it.
        ThreadPool.UnsafeQueueUserWorkItem(static reports => _ = reports.Pump(), this, preferLocal: false);
    }

    private async Task Pump()
    {
        while (true)
        {
            Report next;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _pumping = false;
                    return;
                }
            }
            var taken = await Deliver(next);
            if (next.Transfer is { } transfer)
            {
                if (taken is not ReportOutcome.Taken)
                    _failed?.Invoke(new TransferNews(transfer.RequestId, TransferPhase.Failed, CallEnd.Failed));
            }
            else if (next.Event is LegEnded)
                _outcome(ReportOutcome.EndTaken);
            else if (taken is not ReportOutcome.Taken)
                _outcome(taken);
        }
    }

    private async Task<ReportOutcome> Deliver(Report report)
    {
        var pause = FirstPause;
        var denials = 0;
        for (var attempt = 1; ; attempt++)
        {
            var owner = Volatile.Read(ref _owner);
            try
            {
                if (report.Event is { } happened)
                {
                    var answer = await (owner.Near is { } node && attempt == 1 ? _post.ReportNear(node, owner.CallKey, happened) : owner.Call.Report(happened)).WaitAsync(EdgeLimits.CommandTimeout, _time);
                    _post.PassOn(answer.News);
                    if (answer.IsTaken)
                        return ReportOutcome.Taken;
                    // The leg may have gone to another call, which tells so in a moment.
                    if (ReferenceEquals(owner, Volatile.Read(ref _owner)) && ++denials > MaxDenials)
                        return ReportOutcome.NotOwned;
                    if (ReferenceEquals(owner, Volatile.Read(ref _owner)))
                        await Task.Delay(FirstPause, _time);
                    continue;
                }
                var asked = report.Transfer is { } transfer ? owner.Call.Transfer(transfer) : owner.Call.Start(attempt == 1 ? report.Start! : report.Start! with { Again = true });
                await asked.WaitAsync(EdgeLimits.CommandTimeout, _time);
                return ReportOutcome.Taken;
            }
            // The edge of the reporting loop: whatever keeps the call from taking it, it is tried again and then given up.
            catch (Exception failure)
            {
                LogFailed(_logger, failure, owner.CallKey, _leg, attempt);
                if (attempt == Tries)
                    return ReportOutcome.GivenUp;
            }
            await Task.Delay(pause, _time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: the call did not take a report, try {Attempt}")]
    private static partial void LogFailed(ILogger logger, Exception failure, string callKey, LegId leg, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: too many reports wait, one is dropped")]
    private static partial void LogDropped(ILogger logger, string callKey, LegId leg);
}

/// <summary>What became of a report.</summary>
internal enum ReportOutcome
{
    Taken,

    /// <summary>The call has no such leg any more: the leg is to end.</summary>
    NotOwned,

    /// <summary>The call could not be reached: the leg is to end.</summary>
    GivenUp,

    /// <summary>The leg's end was told, or given up: nothing of the leg need stay.</summary>
    EndTaken,
}
