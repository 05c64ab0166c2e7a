namespace Webphone.Sip.Authentication;

/// <summary>
/// Which counts of which nonces were used: the newest count and the 64 below it, so that requests may overtake each other. Bounded: when it is full the
/// oldest nonce is forgotten, and every nonce not newer than a forgotten one counts as used, so forgetting never lets a replay through.
/// Thread-safe.
/// </summary>
internal sealed class NonceWindow(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Used> _used = [];
    private readonly Queue<UInt128> _order = new();
    private long _forgottenMs = long.MinValue;

    public int Count
    {
        get
        {
            lock (_gate)
                return _used.Count;
        }
    }

    /// <summary>True once for each count of a nonce. A client without counts may use its nonce once.</summary>
    public bool TryUse(UInt128 nonce, long issuedMs, uint count, bool counted)
    {
        lock (_gate)
        {
            if (_used.TryGetValue(nonce, out var used))
            {
                if (!counted || !used.TryUse(count))
                    return false;
                _used[nonce] = used;
                return true;
            }

            if (issuedMs <= _forgottenMs)
                return false;
            if (_used.Count == capacity)
                Forget();
            _used[nonce] = counted ? new Used(count, 0) : new Used(uint.MaxValue, ulong.MaxValue);
            _order.Enqueue(nonce);
            return true;
        }
    }

    /// <summary>Drops nonces that were issued before; they are refused by their age.</summary>
    public void Expire(long beforeMs)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && IssuedMs(oldest) < beforeMs)
                _used.Remove(_order.Dequeue());
        }
    }

    private void Forget()
    {
        var oldest = _order.Dequeue();
        _used.Remove(oldest);
        _forgottenMs = Math.Max(_forgottenMs, IssuedMs(oldest));
    }

    private static long IssuedMs(UInt128 nonce) => (long)(ulong)(nonce >> 64);

    /// <param name="Highest">The highest count seen.</param>
    /// <param name="Below">Bit i: the count Highest - 1 - i was seen.</param>
    private record struct Used(uint Highest, ulong Below)
    {
        public bool TryUse(uint count)
        {
            if (count > Highest)
            {
                var step = count - Highest;
                Below = step > 64 ? 0 : step == 64 ? 1UL << 63 : (Below << (int)step) | (1UL << (int)(step - 1));
                Highest = count;
                return true;
            }

            var back = Highest - count;
            if (back is 0 or > 64 || (Below & (1UL << (int)(back - 1))) != 0)
                return false;
            Below |= 1UL << (int)(back - 1);
            return true;
        }
    }
}
