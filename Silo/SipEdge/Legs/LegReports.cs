using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// What one leg tells its call: in order, one at a time, each until the call took it or the tries are over. Posting never waits.
/// Safe from any thread.
/// </summary>
internal sealed partial class LegReports(ICallGrain call, LegId leg, string callKey, Action<ReportOutcome> outcome, TimeProvider time, ILogger logger)
{
    private const int Tries = 8;

    /// <summary>More than this means that the call does not answer at all; what a person types is dropped first.</summary>
    private const int MaxWaiting = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Queue<Report> _waiting = new(4);
    private bool _pumping;
    private long _lastPost = time.GetTimestamp();

    /// <summary>Either the start of the call or something that happened to the leg.</summary>
    private readonly record struct Report(StartCall? Start, LegEvent? Event);

    /// <summary>Time since something was reported.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastPost));

    public void Start(StartCall start) => Post(new Report(start, null));

    public void Post(LegEvent happened) => Post(new Report(null, happened));

    private void Post(Report report)
    {
        Volatile.Write(ref _lastPost, time.GetTimestamp());
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting && report.Event is not LegEnded)
            {
                LogDropped(callKey, leg);
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
            if (next.Event is LegEnded)
                outcome(ReportOutcome.EndTaken);
            else if (taken is not ReportOutcome.Taken)
                outcome(taken);
        }
    }

    private async Task<ReportOutcome> Deliver(Report report)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (report.Event is { } happened)
                    return await call.Report(happened).WaitAsync(EdgeLimits.CommandTimeout, time) ? ReportOutcome.Taken : ReportOutcome.NotOwned;
                var start = attempt == 1 ? report.Start! : report.Start! with { Again = true };
                await call.Start(start).WaitAsync(EdgeLimits.CommandTimeout, time);
                return ReportOutcome.Taken;
            }
            // The edge of the reporting loop: whatever keeps the call from taking it, it is tried again and then given up.
            catch (Exception failure)
            {
                LogFailed(failure, callKey, leg, attempt);
                if (attempt == Tries)
                    return ReportOutcome.GivenUp;
            }
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: the call did not take a report, try {Attempt}")]
    private partial void LogFailed(Exception failure, string callKey, LegId leg, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: too many reports wait, one is dropped")]
    private partial void LogDropped(string callKey, LegId leg);
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
