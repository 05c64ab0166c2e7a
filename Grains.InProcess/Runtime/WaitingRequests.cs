namespace Orleans.InProcess;

/// <summary>The requests that wait for one activation, in the order in which they came. A part of the activation, under its lock.</summary>
internal struct WaitingRequests
{
    private Request? _first, _last;

    public int Count { get; private set; }

    public void Add(Request request)
    {
        request.NextWaiting = null;
        if (_last is null)
            _first = request;
        else
            _last.NextWaiting = request;
        _last = request;
        Count++;
    }

    /// <summary>Takes the first that may start beside what is in progress, and drops those before it whose callers gave up.</summary>
    public Request? TakeStartable(Activation activation)
    {
        Request? previous = null;
        for (var request = _first; request is not null; request = request.NextWaiting)
        {
            if (!request.IsAbandoned && !activation.MayStart(request))
            {
                previous = request;
                continue;
            }

            Unlink(request, previous);
            if (!request.IsAbandoned)
                return request;
        }

        return null;
    }

    /// <summary>Takes all, linked by <see cref="Request.NextWaiting"/>.</summary>
    public Request? TakeAll()
    {
        var first = _first;
        _first = _last = null;
        Count = 0;
        return first;
    }

    private void Unlink(Request request, Request? previous)
    {
        if (previous is null)
            _first = request.NextWaiting;
        else
            previous.NextWaiting = request.NextWaiting;
        if (_last == request)
            _last = previous;
        Count--;
    }
}
