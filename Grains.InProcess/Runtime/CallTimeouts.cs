using System.Collections.Concurrent;

namespace Orleans.InProcess;

/// <summary>
/// The time limits of unanswered calls. Calls with the same limit expire in the order they were made, so one list and one timer each
/// serve any number of them, and an answered call leaves its list at once.
/// </summary>
internal sealed class CallTimeouts(TimeProvider time, TimeSpan defaultLimit)
{
    private readonly Limit _default = new(time, defaultLimit);
    private readonly ConcurrentDictionary<TimeSpan, Limit> _others = [];

    public void Add(Request request)
    {
        var limit = request.Traits.ResponseTimeout is { } own ? _others.GetOrAdd(own, static (span, time) => new Limit(time, span), time) : _default;
        limit.Add(request);
    }

    /// <summary>Ends every unanswered call.</summary>
    public void FailAll(Exception error)
    {
        foreach (var limit in _others.Values.Prepend(_default))
            limit.FailAll(error);
    }

    internal sealed class Limit
    {
        private readonly Lock _gate = new();
        private readonly TimeProvider _time;
        private readonly TimeSpan _span;
        private readonly long _ticks;
        private readonly ITimer _timer;
        private Request? _first, _last;
        private bool _armed;

        public Limit(TimeProvider time, TimeSpan span)
        {
            (_time, _span) = (time, span);
            _ticks = (long)(span.TotalSeconds * time.TimestampFrequency);
            _timer = CleanContext.CreateTimer(time, static limit => ((Limit)limit!).Expire(), this);
        }

        public void Add(Request request)
        {
            if (_span == Timeout.InfiniteTimeSpan)
                return;
            lock (_gate)
            {
                request.Limit = this;
                request.Deadline = _time.GetTimestamp() + _ticks;
                request.EarlierDeadline = _last;
                if (_last is null)
                    _first = request;
                else
                    _last.LaterDeadline = request;
                _last = request;
                if (_armed)
                    return;
                _armed = true;
                _timer.Change(_span, Timeout.InfiniteTimeSpan);
            }
        }

        public void Remove(Request request)
        {
            lock (_gate)
                Unlink(request);
        }

        public void FailAll(Exception error)
        {
            while (TakeFirst(long.MaxValue) is { } request)
                request.Settle(request.Failed(error));
        }

        private void Expire()
        {
            while (TakeFirst(_time.GetTimestamp()) is { } request)
                request.TimeOut(_span);
        }

        /// <summary>The first request if it is due; otherwise sets the timer for it.</summary>
        private Request? TakeFirst(long now)
        {
            lock (_gate)
            {
                if (_first is { } first && first.Deadline <= now)
                {
                    Unlink(first);
                    return first;
                }

                _armed = _first is not null;
                if (_first is not null)
                    _timer.Change(TimeSpan.FromSeconds((double)(_first.Deadline - now + 1) / _time.TimestampFrequency), Timeout.InfiniteTimeSpan);
                return null;
            }
        }

        private void Unlink(Request request)
        {
            if (request.Limit is null)
                return;
            request.Limit = null;
            if (request.EarlierDeadline is { } earlier)
                earlier.LaterDeadline = request.LaterDeadline;
            else
                _first = request.LaterDeadline;
            if (request.LaterDeadline is { } later)
                later.EarlierDeadline = request.EarlierDeadline;
            else
                _last = request.EarlierDeadline;
            request.EarlierDeadline = request.LaterDeadline = null;
        }
    }
}
