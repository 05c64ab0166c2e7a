namespace Webphone.Media.Rtp;

/// <summary>
/// Counts one received stream as RFC 3550 appendices A.1 (sequence), A.3 (loss) and A.8 (jitter) say. A new SSRC begins a new
/// stream; the totals of the streams before it are kept.
/// </summary>
public sealed class RtpReceiveStatistics
{
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    private bool _started;
    private uint _cycles;
    private ushort _highest;
    private ushort _base;
    private uint _badSequence;
    private long _receivedBefore;
    private long _lostBefore;
    private long _received;
    private long _expectedPrior;
    private long _receivedPrior;
    private double _transit;
    private double _jitterTicks;
    private int _clockRate = 8000;

    public uint Ssrc { get; private set; }

    /// <summary>Packets received on all streams so far.</summary>
    public long Received => _receivedBefore + _received;

    /// <summary>Packets lost on all streams so far; duplicates can make it smaller, never negative.</summary>
    public long Lost => Math.Max(0, _lostBefore + (_started ? Expected - _received : 0));

    /// <summary>Interarrival jitter of the current stream.</summary>
    public TimeSpan Jitter => TimeSpan.FromSeconds(_jitterTicks / _clockRate);

    /// <summary>Interarrival jitter in RTP ticks, as report blocks carry it.</summary>
    public uint JitterTicks => (uint)_jitterTicks;

    /// <summary>Highest sequence number with its count of cycles in the upper half.</summary>
    public uint ExtendedHighest => _cycles + _highest;

    private long Expected => ExtendedHighest - (long)_base + 1;

    public void Receive(in RtpHeader header, TimeSpan now, int clockRate)
    {
        if (!_started || header.Ssrc != Ssrc)
            Start(header);
        else if (!Advance(header.Sequence))
            return;
        _received++;
        MeasureJitter(header.Timestamp, now, clockRate);
    }

    /// <summary>Fraction lost since the last report in 1/256, and a new interval begins (RFC 3550 A.3).</summary>
    public byte TakeFractionLost()
    {
        if (!_started)
            return 0;
        var expected = Expected - _expectedPrior;
        var lost = expected - (_received - _receivedPrior);
        _expectedPrior = Expected;
        _receivedPrior = _received;
        return expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, lost * 256 / expected);
    }

    private void Start(in RtpHeader header)
    {
        if (_started)
        {
            _lostBefore += Math.Max(0, Expected - _received);
            _receivedBefore += _received;
        }
        _started = true;
        Ssrc = header.Ssrc;
        ResetSequence(header.Sequence);
    }

    private void ResetSequence(ushort sequence)
    {
        _base = _highest = sequence;
        _badSequence = uint.MaxValue;
        _cycles = 0;
        _received = _expectedPrior = _receivedPrior = 0;
        _transit = double.NaN;
    }

    private bool Advance(ushort sequence)
    {
        var delta = (ushort)(sequence - _highest);
        if (delta < MaxDropout)
        {
            if (sequence < _highest)
                _cycles += 0x10000;
            _highest = sequence;
        }
        else if (delta <= 0x10000 - MaxMisorder)
        {
            // Two packets in a row after a jump: the sender restarted without a new SSRC.
            if (sequence != _badSequence)
            {
                _badSequence = (ushort)(sequence + 1);
                return false;
            }
            _lostBefore += Math.Max(0, Expected - _received);
            _receivedBefore += _received;
            ResetSequence(sequence);
        }
        return true;
    }

    private void MeasureJitter(uint timestamp, TimeSpan now, int clockRate)
    {
        if (clockRate != _clockRate)
        {
            _clockRate = clockRate;
            _transit = double.NaN;
        }
        // Both terms wrap with the 32-bit timestamp, so the difference is taken modulo 2^32.
        var arrival = now.TotalSeconds * clockRate;
        var transit = arrival - timestamp;
        if (!double.IsNaN(_transit))
        {
            var difference = Math.IEEERemainder(transit - _transit, 4294967296.0);
            _jitterTicks += (Math.Abs(difference) - _jitterTicks) / 16;
        }
        _transit = transit;
    }
}
