namespace Webphone.Media.Rtp;

/// <summary>
/// Makes one continuous outgoing stream from any order of sources (another leg, hold music, a tone, a new leg after a transfer):
/// one SSRC, sequence numbers that go on, timestamps that go on by the time that passed. Within a source its gaps and
/// reordering stay visible, so that the far side's loss concealment and jitter buffer see what really happened.
/// </summary>
public sealed class RtpRewriter
{
    private const int MaxForwardJump = 3000;
    private const int MaxBackwardJump = 100;
    private const int MaxTimestampJumpSeconds = 120;

    private ulong _source;
    private ushort _sourceHighest;
    private uint _sourceTimestamp;
    private ushort _sequenceOffset;
    private uint _timestampOffset;
    private ushort _firstOut;
    private ushort _highestOut;
    private uint _lastTimestamp;
    private TimeSpan _lastTime;
    private bool _started;
    private bool _markNext = true;

    /// <param name="ssrc">The identity of the stream for its whole life.</param>
    /// <param name="firstSequence">Random by RFC 3550; below 2^15 keeps a lost first packet from hiding an SRTP roll-over.</param>
    /// <param name="firstTimestamp">Random by RFC 3550.</param>
    public RtpRewriter(uint ssrc, ushort firstSequence, uint firstTimestamp)
    {
        Ssrc = ssrc;
        _highestOut = (ushort)(firstSequence - 1);
        _lastTimestamp = firstTimestamp;
    }

    public uint Ssrc { get; }

    /// <summary>Maps a packet of a source to the outgoing stream; false when it is older than the source's first packet.</summary>
    /// <param name="source">Names the source; a change of it begins a new section with the marker set.</param>
    public bool TryMap(ulong source, in RtpHeader header, byte payloadType, int clockRate, TimeSpan now, out RtpHeader mapped)
    {
        var marker = header.Marker;
        if (!_started || source != _source || !IsContinuous(header, clockRate))
        {
            Begin(source, header, clockRate, now);
            marker = true;
        }
        var sequence = (ushort)(header.Sequence + _sequenceOffset);
        if ((short)(sequence - _firstOut) < 0 && (ushort)(_highestOut - _firstOut) < 0x4000)
        {
            mapped = default;
            return false;
        }
        var timestamp = header.Timestamp + _timestampOffset;
        if ((short)(header.Sequence - _sourceHighest) >= 0)
        {
            _sourceHighest = header.Sequence;
            _sourceTimestamp = header.Timestamp;
            _highestOut = sequence;
            // Event packets repeat the timestamp of their start; the clock only goes on.
            if ((int)(timestamp - _lastTimestamp) > 0)
            {
                _lastTimestamp = timestamp;
                _lastTime = now;
            }
        }
        mapped = new RtpHeader(payloadType, marker | _markNext, sequence, timestamp, Ssrc);
        _markNext = false;
        return true;
    }

    /// <summary>The next header of locally made audio (player, transcoder): next sequence number, timestamp one frame on.</summary>
    public RtpHeader Next(ulong source, byte payloadType, int frameTicks, int clockRate, TimeSpan now)
    {
        var marker = _markNext;
        if (!_started || source != _source)
        {
            _lastTimestamp = TimestampAt(now, clockRate, frameTicks);
            _source = source;
            _started = true;
            marker = true;
        }
        else
        {
            _lastTimestamp += (uint)frameTicks;
        }
        _highestOut++;
        _lastTime = now;
        _markNext = false;
        return new RtpHeader(payloadType, marker, _highestOut, _lastTimestamp, Ssrc);
    }

    /// <summary>The next header of an event packet: next sequence number, the timestamp at which the event began (RFC 4733 section 2.2.1).</summary>
    public RtpHeader NextEvent(byte payloadType, uint timestamp, bool marker)
    {
        _highestOut++;
        // The audio source that follows is mapped anew, behind the numbers that the event took.
        _source = 0;
        return new RtpHeader(payloadType, marker, _highestOut, timestamp, Ssrc);
    }

    /// <summary>The outgoing stream's timestamp at a moment, for events and sender reports.</summary>
    public uint TimestampAt(TimeSpan now, int clockRate, int atLeast = 0)
    {
        if (!_started)
            return _lastTimestamp;
        var elapsed = (long)((now - _lastTime).TotalSeconds * clockRate);
        return _lastTimestamp + (uint)Math.Max(elapsed, atLeast);
    }

    /// <summary>Sets the marker on the next packet, as after a hold.</summary>
    public void MarkNext() => _markNext = true;

    private void Begin(ulong source, in RtpHeader header, int clockRate, TimeSpan now)
    {
        _firstOut = (ushort)(_highestOut + 1);
        _sequenceOffset = (ushort)(_firstOut - header.Sequence);
        _timestampOffset = TimestampAt(now, clockRate, clockRate / 50) - header.Timestamp;
        _source = source;
        _sourceHighest = header.Sequence;
        _sourceTimestamp = header.Timestamp;
        _started = true;
    }

    private bool IsContinuous(in RtpHeader header, int clockRate)
    {
        var sequence = (short)(header.Sequence - _sourceHighest);
        var timestamp = (int)(header.Timestamp - _sourceTimestamp);
        return sequence is > -MaxBackwardJump and < MaxForwardJump && Math.Abs((long)timestamp) < (long)MaxTimestampJumpSeconds * clockRate;
    }
}
