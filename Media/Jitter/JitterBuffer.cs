using Webphone.Media.Rtp;

namespace Webphone.Media.Jitter;

/// <summary>
/// Puts packets back in order and says how much delay the network's unevenness asks for: the largest lateness of late, against the
/// fastest packet of the last seconds, forgotten slowly. Payloads are copied into slots that are kept; nothing is allocated once
/// each slot has seen its size.
/// </summary>
public sealed class JitterBuffer
{
    /// <summary>Packets held; at 20 ms each this is 640 ms, beyond the longest delay.</summary>
    public const int Capacity = 32;

    public static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(20);
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(240);
    private static readonly TimeSpan BaselineWindow = TimeSpan.FromSeconds(4);
    private const double ForgetPerPacket = 0.997;

    private readonly Slot[] _slots = new Slot[Capacity];
    private bool _started;
    private ushort _next;
    private ushort _highest;
    private uint _highestTimestamp;
    private double _baselineMs;
    private double _windowBaselineMs;
    private TimeSpan _windowEnds;
    private double _latenessMs;
    private uint _ssrc;
    private uint _firstTimestamp;

    /// <summary>Packets that came after their turn, twice, or beyond the capacity.</summary>
    public long Discarded { get; private set; }

    /// <summary>The delay to play at now.</summary>
    public TimeSpan TargetDelay => TimeSpan.FromMilliseconds(Math.Clamp(_latenessMs + MinDelay.TotalMilliseconds, MinDelay.TotalMilliseconds, MaxDelay.TotalMilliseconds));

    /// <summary>No packet waits.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Timestamp ticks from the next packet's turn to the last packet's start.</summary>
    public int SpanTicks(uint nextTimestamp) => IsEmpty ? 0 : Math.Max(0, (int)(_highestTimestamp - nextTimestamp));

    public void Put(in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now, int clockRate, byte level = AudioLevelExtension.Unknown)
    {
        if (_started && header.Ssrc != _ssrc)
            Reset();
        if (!_started)
            Start(header, now);
        Measure(header.Timestamp, now, clockRate);
        var ahead = (short)(header.Sequence - _next);
        if (ahead >= Capacity || ahead < -3 * Capacity)
        {
            // A jump: the source restarted. What waits is older than the jump and goes.
            Reset();
            Start(header, now);
            ahead = 0;
        }
        ref var slot = ref _slots[header.Sequence % Capacity];
        if (ahead < 0 || slot.Filled)
        {
            Discarded++;
            return;
        }
        slot.Fill(header, payload, level);
        if (IsEmpty || (short)(header.Sequence - _highest) > 0)
        {
            _highest = header.Sequence;
            _highestTimestamp = header.Timestamp;
        }
        IsEmpty = false;
    }

    /// <summary>The packet whose turn it is, with the level that it was put with. Its payload stays valid until the next call.</summary>
    public bool TryTake(out uint timestamp, out ReadOnlySpan<byte> payload, out byte level)
    {
        timestamp = 0;
        payload = default;
        level = AudioLevelExtension.Unknown;
        if (IsEmpty)
            return false;
        ref var slot = ref _slots[_next % Capacity];
        if (!slot.Filled)
            return false;
        slot.Filled = false;
        timestamp = slot.Timestamp;
        payload = slot.Payload;
        level = slot.Level;
        IsEmpty = _next == _highest;
        _next++;
        return true;
    }

    /// <summary>Gives up the packet whose turn it is; false when none later waits.</summary>
    public bool TrySkip()
    {
        if (IsEmpty)
            return false;
        _next++;
        return true;
    }

    /// <summary>The timestamp of the first packet that waits.</summary>
    public bool TryPeek(out uint timestamp)
    {
        timestamp = 0;
        if (IsEmpty)
            return false;
        for (var sequence = _next; ; sequence++)
        {
            if (_slots[sequence % Capacity].Filled)
            {
                timestamp = _slots[sequence % Capacity].Timestamp;
                return true;
            }
            if (sequence == _highest)
                return false;
        }
    }

    public void Reset()
    {
        foreach (ref var slot in _slots.AsSpan())
            slot.Filled = false;
        _started = false;
        IsEmpty = true;
    }

    private void Start(in RtpHeader header, TimeSpan now)
    {
        _started = true;
        _ssrc = header.Ssrc;
        _next = _highest = header.Sequence;
        _firstTimestamp = header.Timestamp;
        _baselineMs = _windowBaselineMs = double.MaxValue;
        _windowEnds = now + BaselineWindow;
    }

    private void Measure(uint timestamp, TimeSpan now, int clockRate)
    {
        var transitMs = now.TotalMilliseconds - (int)(timestamp - _firstTimestamp) * 1000.0 / clockRate;
        _baselineMs = Math.Min(_baselineMs, transitMs);
        _windowBaselineMs = Math.Min(_windowBaselineMs, transitMs);
        if (now >= _windowEnds)
        {
            // The two clocks drift apart, so the fastest packet of long ago means nothing.
            _baselineMs = _windowBaselineMs;
            _windowBaselineMs = double.MaxValue;
            _windowEnds = now + BaselineWindow;
        }
        _latenessMs = Math.Max(transitMs - _baselineMs, _latenessMs * ForgetPerPacket);
    }

    private struct Slot
    {
        public bool Filled;
        public uint Timestamp;
        public byte Level;
        private byte[]? _bytes;
        private int _length;

        public readonly ReadOnlySpan<byte> Payload => _bytes.AsSpan(0, _length);

        public void Fill(in RtpHeader header, ReadOnlySpan<byte> payload, byte level)
        {
            if (_bytes is null || _bytes.Length < payload.Length)
                _bytes = new byte[Math.Max(256, payload.Length)];
            payload.CopyTo(_bytes);
            _length = payload.Length;
            Level = level;
            Timestamp = header.Timestamp;
            Filled = true;
        }
    }
}
