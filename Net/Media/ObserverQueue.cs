namespace Webphone.Net.Media;

/// <summary>
/// What an endpoint has to tell its observer, told in order on the thread pool, one thing at a time: an observer that is slow or
/// throws keeps no packet waiting. Bounded; what a stuck observer leaves no room for is dropped, and the last places are kept from
/// digits, of which a phone can send any number. Thread-safe.
/// </summary>
internal sealed class ObserverQueue(IMediaObserver observer, MediaFaults faults) : IThreadPoolWorkItem
{
    public const int Capacity = 32;
    private const int KeptFromDigits = 4;
    private const char Silent = '\u0001';
    private const char PlaybackFinished = '\u0002';
    private const char Lost = '\u0005';
    private const char Back = '\u0006';
    private const char Speaks = '\u0003';
    private const char IsQuiet = '\u0004';

    private readonly Lock _gate = new();
    private readonly Queue<char> _waiting = new(Capacity);
    private MediaEndpoint _endpoint = null!;
    private bool _scheduled;

    /// <summary>Whose events these are; set once, before the first.</summary>
    public void Attach(MediaEndpoint endpoint) => _endpoint = endpoint;

    public void TellDigit(char digit) => Tell(digit, Capacity - KeptFromDigits);

    public void TellSilent() => Tell(Silent, Capacity);

    /// <summary>A leg that begins and ends to speak in turns may not crowd out what matters more.</summary>
    public void TellSpeaking(bool speaking) => Tell(speaking ? Speaks : IsQuiet, Capacity - KeptFromDigits);

    public void TellPlaybackFinished() => Tell(PlaybackFinished, Capacity);

    public void TellLost() => Tell(Lost, Capacity);

    public void TellBack() => Tell(Back, Capacity);

    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out var what))
        {
            try
            {
                Tell(what);
            }
            catch (Exception e)
            {
                faults.Report(e);
            }
        }
    }

    private void Tell(char what, int room)
    {
        lock (_gate)
        {
            if (_waiting.Count >= room)
                return;
            _waiting.Enqueue(what);
            if (_scheduled)
                return;
            _scheduled = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryTake(out char what)
    {
        lock (_gate)
            return _scheduled = _waiting.TryDequeue(out what);
    }

    private void Tell(char what)
    {
        switch (what)
        {
            case Silent:
                observer.OnSilent(_endpoint);
                break;
            case PlaybackFinished:
                observer.OnPlaybackFinished(_endpoint);
                break;
            case Speaks or IsQuiet:
                observer.OnSpeaking(_endpoint, what == Speaks);
                break;
            case Lost:
                observer.OnLost(_endpoint);
                break;
            case Back:
                observer.OnBack(_endpoint);
                break;
            default:
                observer.OnDigit(_endpoint, what);
                break;
        }
    }
}
