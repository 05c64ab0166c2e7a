using System.Numerics;

namespace Webphone.Sip.Transactions;

/// <summary>
/// A hashed, hierarchical timer wheel: arming, moving and disarming a timer cost a few pointer writes whatever their number. Five wheels of 64 buckets
/// turn 8 ms, 512 ms, 33 s, 35 min and 37 h a bucket; a timer moves inwards as its time comes near. It fires at the first tick of 8 ms that is not before
/// its due time, never early.
/// <para>Not thread-safe; time is what <see cref="Advance"/> was last told.</para>
/// </summary>
public sealed class TimerWheel
{
    internal const int NoBucket = -1;

    private const int TickShift = 3;
    private const int Levels = 5;
    private const int LevelShift = 6;
    private const int BucketsPerLevel = 1 << LevelShift;
    private const int BucketMask = BucketsPerLevel - 1;
    // Two outermost buckets short of a full turn, so that a far timer never lands in the bucket that is up now.
    private const long HorizonTicks = (1L << (Levels * LevelShift)) - (2L << ((Levels - 1) * LevelShift));

    private readonly TimerNode?[] _buckets = new TimerNode?[Levels * BucketsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _tick;

    public TimerWheel(long nowMs) => _tick = nowMs >> TickShift;

    /// <summary>How many timers are armed.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// When <see cref="Advance"/> has work next, or <see cref="long.MaxValue"/>. For a timer that is far away this may be earlier than the timer itself
    /// (it then moves inwards), never later.
    /// </summary>
    public long NextDeadlineMs
    {
        get
        {
            var tick = NextTick();
            return tick == long.MaxValue ? long.MaxValue : tick << TickShift;
        }
    }

    /// <summary>Arms the node for an instant, instead of the one for which it was armed; <see cref="long.MaxValue"/> disarms it.</summary>
    public void Arm(TimerNode node, long dueMs)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.DueMs == dueMs && node.IsArmed)
            return;
        Disarm(node);
        if (dueMs == long.MaxValue)
            return;
        node.DueMs = dueMs;
        Insert(node);
    }

    /// <summary>Disarms the node; nothing happens if it is not armed.</summary>
    public void Disarm(TimerNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.IsArmed)
            Unlink(node);
        node.DueMs = long.MaxValue;
    }

    /// <summary>Wakes every node that is due by now, in the order of their ticks, including those that are armed for the past meanwhile.</summary>
    public void Advance(long nowMs)
    {
        var target = nowMs >> TickShift;
        while (true)
        {
            var tick = NextTick();
            if (tick > target)
                break;
            _tick = tick;
            Cascade();
            FireBucket((int)(_tick & BucketMask), nowMs);
        }
        _tick = Math.Max(_tick, target);
    }

    private void Insert(TimerNode node)
    {
        // Round up, so that a timer never fires early; what is due already fires at the next advance.
        var due = node.DueMs > long.MaxValue - 8 ? long.MaxValue >> TickShift : (node.DueMs + 7) >> TickShift;
        var ticks = Math.Min(Math.Max(due, _tick), _tick + HorizonTicks);
        var distance = (ulong)((ticks ^ _tick) | BucketMask);
        var level = Math.Min((63 - BitOperations.LeadingZeroCount(distance)) / LevelShift, Levels - 1);
        Link(node, level, (int)(ticks >> (level * LevelShift)) & BucketMask);
        Count++;
    }

    private void Link(TimerNode node, int level, int slot)
    {
        var bucket = (level << LevelShift) + slot;
        var head = _buckets[bucket];
        node.Bucket = bucket;
        node.Next = head;
        node.Previous = null;
        if (head is not null)
            head.Previous = node;
        _buckets[bucket] = node;
        _occupied[level] |= 1UL << slot;
    }

    private void Unlink(TimerNode node)
    {
        if (node.Previous is null)
            _buckets[node.Bucket] = node.Next;
        else
            node.Previous.Next = node.Next;
        if (node.Next is not null)
            node.Next.Previous = node.Previous;
        if (_buckets[node.Bucket] is null)
            _occupied[node.Bucket >> LevelShift] &= ~(1UL << (node.Bucket & BucketMask));
        node.Previous = node.Next = null;
        node.Bucket = NoBucket;
        Count--;
    }

    /// <summary>The first tick at which a bucket of any level comes up: its own tick on the innermost wheel, its beginning on the others.</summary>
    private long NextTick()
    {
        var next = long.MaxValue;
        for (var level = 0; level < Levels; level++)
        {
            var bits = _occupied[level];
            if (bits == 0)
                continue;
            var shift = level * LevelShift;
            var position = (int)(_tick >> shift) & BucketMask;
            var ahead = BitOperations.TrailingZeroCount(BitOperations.RotateRight(bits, position));
            var start = ((_tick >> shift) + ahead) << shift;
            next = Math.Min(next, Math.Max(start, _tick));
        }
        return next;
    }

    /// <summary>Moves the timers of the outer buckets that begin at this tick inwards, outermost first.</summary>
    private void Cascade()
    {
        for (var level = Levels - 1; level > 0; level--)
        {
            var bucket = (level << LevelShift) + ((int)(_tick >> (level * LevelShift)) & BucketMask);
            while (_buckets[bucket] is { } node)
            {
                var dueMs = node.DueMs;
                Unlink(node);
                node.DueMs = dueMs;
                Insert(node);
            }
        }
    }

    private void FireBucket(int bucket, long nowMs)
    {
        while (_buckets[bucket] is { } node)
        {
            Unlink(node);
            if (((node.DueMs + 7) >> TickShift) > _tick)
            {
                // Beyond the horizon when it was armed.
                Insert(node);
                continue;
            }
            node.DueMs = long.MaxValue;
            node.OnDue(nowMs);
        }
    }
}
