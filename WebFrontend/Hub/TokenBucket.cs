namespace Webphone.WebFrontend.Hub;

/// <summary>Lets through so many in a second over time, and so many at once. Safe from any thread.</summary>
internal sealed class TokenBucket(double perSecond, double burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _taken;
    private long _since = time.GetTimestamp();

    public bool TryTake()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _taken = Math.Max(0, _taken - time.GetElapsedTime(_since, now).TotalSeconds * perSecond);
            _since = now;
            if (_taken + 1 > burst)
                return false;
            _taken++;
            return true;
        }
    }
}
