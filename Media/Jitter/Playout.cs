using Webphone.Media.Codecs;
using Webphone.Media.Rtp;

namespace Webphone.Media.Jitter;

/// <summary>
/// Turns what arrives, when it arrives, into a frame every 20 ms: jitter buffer, decoder, loss concealment, and a delay that grows
/// when packets come late and shrinks, by leaving out a pitch period, when they do not. Not thread-safe.
/// </summary>
public sealed class Playout : IDisposable
{
    private const int PatienceFrames = 5;
    private const int ShrinkAfterFrames = 50;

    private readonly JitterBuffer _buffer = new();
    private readonly RestingDecoder _decoder;
    private readonly LossConcealer _concealer;
    private readonly short[] _samples;
    private readonly int _clockRate;
    private readonly int _frame;
    private int _count;
    private uint _nextTimestamp;
    private int _lastPacketSamples;
    private bool _playing;
    private int _missing;
    private int _deepFrames;

    public Playout(AudioCodec codec)
        : this(codec.CreateDecoder())
    {
    }

    /// <param name="decoder">Owned from here on.</param>
    public Playout(IAudioDecoder decoder)
    {
        _decoder = new RestingDecoder(decoder);
        _clockRate = decoder.Codec.ClockRate();
        _frame = _decoder.SampleRate / AudioCodecs.FramesPerSecond;
        _lastPacketSamples = _frame;
        _concealer = new LossConcealer(_decoder.SampleRate);
        // The longest packet is 120 ms; one more frame may wait before it.
        _samples = new short[8 * _frame];
    }

    public AudioCodec Codec => _decoder.Codec;

    public int SampleRate => _decoder.SampleRate;

    /// <summary>Frames that were filled because nothing was there.</summary>
    public long Concealed { get; private set; }

    /// <summary>Packets that came too late or twice.</summary>
    public long Discarded => _buffer.Discarded;

    /// <summary>What waits to be played.</summary>
    public TimeSpan Depth => TimeSpan.FromSeconds((double)_count / SampleRate)
        + (_buffer.IsEmpty ? TimeSpan.Zero : TimeSpan.FromSeconds(_buffer.SpanTicks(_nextTimestamp) / (double)_clockRate + (double)_lastPacketSamples / SampleRate));

    public TimeSpan TargetDelay => _buffer.TargetDelay;

    /// <summary>A packet that arrived.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="now">The time.</param>
    /// <param name="level">How loud it is, as <see cref="AudioLevelExtension"/> has it, where silence need not be decoded.</param>
    public void Put(in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now, byte level = AudioLevelExtension.Unknown) =>
        _buffer.Put(header, payload, now, _clockRate, level);

    /// <summary>Gives the next 20 ms; false when the stream has nothing to say (it has not begun, or it stopped).</summary>
    public bool TryRead(Span<short> frame)
    {
        if (!_playing && !TryBegin())
            return false;
        while (_count < _frame && TryDecodeNext())
        {
        }
        if (_count < _frame)
            return Starve(frame);
        _missing = 0;
        ShrinkIfDeep();
        _samples.AsSpan(0, _frame).CopyTo(frame);
        _concealer.Accept(frame[.._frame]);
        Consume(_frame);
        return true;
    }

    public void Dispose() => _decoder.Dispose();

    private bool TryBegin()
    {
        if (!_buffer.TryPeek(out var first))
            return false;
        _nextTimestamp = first;
        if (Depth < _buffer.TargetDelay)
            return false;
        _playing = true;
        return true;
    }

    /// <summary>Decodes the packet whose turn it is, or fills its place when a later one shows that it is lost.</summary>
    private bool TryDecodeNext()
    {
        if (_buffer.TryTake(out var timestamp, out var payload, out var level))
        {
            var decoded = _decoder.Decode(payload, level, _samples.AsSpan(_count));
            if (decoded > 0)
                _lastPacketSamples = decoded;
            _count += decoded;
            _nextTimestamp = timestamp + ToTicks(decoded);
            return true;
        }
        if (!_buffer.TryPeek(out var later))
            return false;
        if (Depth < _buffer.TargetDelay && _missing < PatienceFrames)
            return false;
        _buffer.TrySkip();
        // Silence suppression leaves a gap in time but none in the numbers; only what is missing in time is filled.
        var gap = (int)(later - _nextTimestamp);
        var samples = Math.Min(_lastPacketSamples, _samples.Length - _count);
        if (gap <= 0)
            return true;
        if (!_decoder.TryConceal(_samples.AsSpan(_count, samples)))
            _concealer.Conceal(_samples.AsSpan(_count, samples));
        Concealed++;
        _count += samples;
        _nextTimestamp += ToTicks(samples);
        return true;
    }

    private bool Starve(Span<short> frame)
    {
        Concealed++;
        frame = frame[.._frame];
        // What little is there goes first; the filling continues it.
        _samples.AsSpan(0, _count).CopyTo(frame);
        if (_count > 0)
            _concealer.Accept(frame[.._count]);
        if (!_decoder.TryConceal(frame[_count..]))
            _concealer.Conceal(frame[_count..]);
        _count = 0;
        if (++_missing < PatienceFrames)
            return true;
        _playing = false;
        _missing = 0;
        return true;
    }

    private void ShrinkIfDeep()
    {
        if (Depth <= _buffer.TargetDelay + 1.5 * AudioCodecs.Frame)
        {
            _deepFrames = 0;
            return;
        }
        if (++_deepFrames < ShrinkAfterFrames && Depth <= _buffer.TargetDelay + 5 * AudioCodecs.Frame)
            return;
        while (_count < 2 * _frame && TryDecodeNext())
        {
        }
        if (_count < 2 * _frame)
            return;
        Shrink();
        _deepFrames = ShrinkAfterFrames - 5;
    }

    /// <summary>Leaves out the lag, between 5 and 20 ms, at which the sound best meets itself again.</summary>
    private void Shrink()
    {
        var overlap = _frame / 4;
        var best = _frame;
        var bestScore = double.MinValue;
        for (var lag = overlap; lag <= _frame; lag++)
        {
            long product = 0, energy = 1;
            for (var i = 0; i < overlap; i++)
            {
                product += _samples[i] * _samples[lag + i];
                energy += _samples[lag + i] * _samples[lag + i];
            }
            var score = product / Math.Sqrt(energy);
            if (score > bestScore)
            {
                bestScore = score;
                best = lag;
            }
        }
        for (var i = 0; i < overlap; i++)
            _samples[best + i] = (short)((_samples[i] * (overlap - i) + _samples[best + i] * i) / overlap);
        Consume(best);
    }

    private void Consume(int samples)
    {
        _count -= samples;
        _samples.AsSpan(samples, _count).CopyTo(_samples);
    }

    private uint ToTicks(int samples) => (uint)((long)samples * _clockRate / SampleRate);
}
