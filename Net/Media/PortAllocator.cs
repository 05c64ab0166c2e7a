namespace Webphone.Net.Media;

/// <summary>
/// Hands out the even ports of a range. Starts at a random pair, then always takes the one that was released longest ago, and none
/// before its quarantine is over. Thread-safe.
/// </summary>
public sealed class PortAllocator
{
    private readonly Lock _gate = new();
    private readonly Queue<(ushort Port, TimeSpan FreeFrom)> _free = new();
    private readonly TimeSpan _quarantine;

    /// <param name="first">First port of the range; rounded up to even.</param>
    /// <param name="last">Last port of the range, the highest that RTCP may take.</param>
    /// <param name="quarantine">How long a released pair rests.</param>
    /// <param name="start">A random number that says where to begin.</param>
    public PortAllocator(int first, int last, TimeSpan quarantine, int start)
    {
        first += first & 1;
        var pairs = (last - first + 1) / 2;
        _quarantine = quarantine;
        for (var i = 0; i < pairs; i++)
            _free.Enqueue(((ushort)(first + 2 * ((i + (uint)start) % pairs)), TimeSpan.MinValue));
    }

    /// <summary>Pairs that are not in use, resting ones included.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
                return _free.Count;
        }
    }

    /// <summary>Takes a pair; false when all are in use or resting.</summary>
    public bool TryTake(TimeSpan now, out ushort rtpPort)
    {
        lock (_gate)
        {
            rtpPort = 0;
            if (!_free.TryPeek(out var next) || next.FreeFrom > now)
                return false;
            rtpPort = next.Port;
            _free.Dequeue();
            return true;
        }
    }

    /// <summary>Gives a pair back, to rest.</summary>
    public void Release(ushort rtpPort, TimeSpan now)
    {
        lock (_gate)
            _free.Enqueue((rtpPort, now + _quarantine));
    }
}
