namespace Webphone.Media.Dtmf;

/// <summary>
/// Sends queued digits as events: a packet every 20 ms while the key is down, three end packets, then a pause before the next
/// digit (RFC 4733 section 2.5). Asked once every frame.
/// </summary>
public sealed class TelephoneEventSender
{
    /// <summary>Digits that may wait; more are refused.</summary>
    public const int QueueLimit = 64;

    /// <summary>How long a digit is held when the caller names no length.</summary>
    public static readonly TimeSpan DefaultDuration = TimeSpan.FromMilliseconds(160);

    /// <summary>Silence after a digit.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private const int EndPackets = 3;
    private const byte Volume = 10;

    private readonly Queue<(byte Event, TimeSpan Duration)> _queue = new();
    private byte _event;
    private TimeSpan _left;
    private TimeSpan _sent;
    private int _ends;
    private TimeSpan _pause;
    private bool _down;
    private uint _timestamp;

    /// <summary>An event or a pause between events is on; audio waits.</summary>
    public bool Busy => _down || _ends > 0 || _pause > TimeSpan.Zero || _queue.Count > 0;

    /// <summary>Queues a digit; false when the queue is full.</summary>
    public bool TryQueue(byte code, TimeSpan duration)
    {
        if (_queue.Count >= QueueLimit)
            return false;
        _queue.Enqueue((code, duration));
        return true;
    }

    public void Clear()
    {
        _queue.Clear();
        _down = false;
        _ends = 0;
        _pause = TimeSpan.Zero;
    }

    /// <summary>The packet of this frame, if one is due.</summary>
    /// <param name="frame">The time between two calls.</param>
    /// <param name="clockRate">Ticks a second of the event's payload type.</param>
    /// <param name="timestampNow">The stream's timestamp, taken when an event begins.</param>
    /// <param name="value">What to send.</param>
    /// <param name="timestamp">The timestamp at which the event began.</param>
    /// <param name="marker">Set on the first packet of an event.</param>
    public bool TryNext(TimeSpan frame, int clockRate, uint timestampNow, out TelephoneEvent value, out uint timestamp, out bool marker)
    {
        value = default;
        marker = false;
        timestamp = _timestamp;
        if (_ends > 0)
        {
            _ends--;
            value = Event(clockRate, end: true);
            return true;
        }
        if (_pause > TimeSpan.Zero)
        {
            _pause -= frame;
            return false;
        }
        if (!_down)
        {
            if (_queue.Count == 0)
                return false;
            (_event, _left) = _queue.Dequeue();
            _timestamp = timestamp = timestampNow;
            _sent = TimeSpan.Zero;
            _down = marker = true;
        }
        _sent += frame;
        _left -= frame;
        if (_left <= TimeSpan.Zero)
        {
            _down = false;
            _ends = EndPackets - 1;
            _pause = Pause;
        }
        value = Event(clockRate, end: !_down);
        return true;
    }

    private TelephoneEvent Event(int clockRate, bool end) =>
        new(_event, end, Volume, (ushort)Math.Min(ushort.MaxValue, _sent.TotalSeconds * clockRate));
}
