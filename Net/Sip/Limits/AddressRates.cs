namespace Webphone.Net.Sip.Limits;

/// <summary>
/// A token bucket with a debt for each address. What comes over the rate is refused and charged all the same, down to a debt that takes
/// <see cref="RateLimit.Penalty"/> to pay off: whoever floods is shut out while they flood and for that long afterwards, whoever is a little too fast
/// only loses the surplus.
/// <para>The table has a fixed size whatever number of addresses is forged: each address has a few places, and the one that was quiet the longest gives way.</para>
/// <para>Safe from any thread; no allocation.</para>
/// </summary>
public sealed class AddressRates
{
    private const int Sets = 4096;
    private const int Ways = 4;

    private readonly Bucket[] _buckets = new Bucket[Sets * Ways];
    private readonly Lock[] _locks = new Lock[64];
    private readonly RateLimit _limit;
    private readonly double _tokensPerMs;
    private readonly double _deepestDebt;

    public AddressRates(RateLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        _limit = limit;
        _tokensPerMs = limit.PerSecond / 1000.0;
        _deepestDebt = -_tokensPerMs * limit.Penalty.TotalMilliseconds;
        for (var i = 0; i < _locks.Length; i++)
            _locks[i] = new Lock();
    }

    /// <summary>Charges one to the address. False: it is over its rate.</summary>
    public bool TryTake(SourceAddress address, long nowMs) => TryTake(address.Accountable.Bits, nowMs);

    /// <summary>Charges one to whatever the key stands for, such as a digest of an address and a name. False: it is over its rate.</summary>
    public bool TryTake(UInt128 key, long nowMs)
    {
        if (_limit.PerSecond == 0)
            return true;
        var set = SetOf(key);
        lock (_locks[set % _locks.Length])
        {
            ref var bucket = ref Find(set, key, nowMs);
            return Charge(ref bucket, nowMs);
        }
    }

    /// <summary>Whether the address has used up its rate; charges nothing.</summary>
    public bool IsInDebt(SourceAddress address, long nowMs) => IsInDebt(address.Accountable.Bits, nowMs);

    /// <summary>Whether what the key stands for has used up its rate; charges nothing.</summary>
    public bool IsInDebt(UInt128 key, long nowMs)
    {
        var set = SetOf(key);
        lock (_locks[set % _locks.Length])
        {
            foreach (ref readonly var bucket in _buckets.AsSpan(set * Ways, Ways))
            {
                if (bucket.Key == key)
                    return bucket.Tokens + Math.Max(0, nowMs - bucket.SeenMs) * _tokensPerMs < 1;
            }
        }
        return false;
    }

    /// <summary>Seeded anew with each process, so that nobody can choose addresses that share places.</summary>
    private static int SetOf(UInt128 key) => (int)((uint)HashCode.Combine((ulong)(key >> 64), (ulong)key) % Sets);

    private ref Bucket Find(int set, UInt128 key, long nowMs)
    {
        var places = _buckets.AsSpan(set * Ways, Ways);
        var quietest = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (places[way].Key == key)
                return ref places[way];
            if (places[way].SeenMs < places[quietest].SeenMs)
                quietest = way;
        }
        places[quietest] = new Bucket { Key = key, SeenMs = nowMs, Tokens = _limit.Burst };
        return ref places[quietest];
    }

    private bool Charge(ref Bucket bucket, long nowMs)
    {
        var earned = Math.Max(0, nowMs - bucket.SeenMs) * _tokensPerMs;
        bucket.SeenMs = nowMs;
        var tokens = Math.Min(_limit.Burst, bucket.Tokens + earned) - 1;
        bucket.Tokens = Math.Max(tokens, _deepestDebt);
        return tokens >= 0;
    }

    private struct Bucket
    {
        public UInt128 Key;
        public long SeenMs;
        public double Tokens;
    }
}
