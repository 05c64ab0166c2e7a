namespace Webphone.Sip.Transactions;

/// <summary>
/// Something that a <see cref="TimerWheel"/> can wake: it is its own list node, so that arming a timer allocates nothing.
/// A node is armed for one instant at a time.
/// </summary>
public abstract class TimerNode
{
    internal TimerNode? Previous;
    internal TimerNode? Next;
    internal int Bucket = TimerWheel.NoBucket;

    /// <summary>When this node will be woken, or <see cref="long.MaxValue"/> when it is not armed.</summary>
    public long DueMs { get; internal set; } = long.MaxValue;

    /// <summary>Whether the wheel holds this node.</summary>
    public bool IsArmed => Bucket != TimerWheel.NoBucket;

    /// <summary>Called once by the wheel at or after <see cref="DueMs"/>; the node is no longer armed and may be armed again from within.</summary>
    protected internal abstract void OnDue(long nowMs);
}
