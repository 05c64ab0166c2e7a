using Webphone.Media.Codecs;
using Webphone.Media.Jitter;
using Webphone.Media.Resampling;
using Webphone.Media.Rtp;

namespace Webphone.Media.Endpoints;

/// <summary>From one codec to another in frames of 20 ms, through a jitter buffer. Not thread-safe; nothing is allocated per frame.</summary>
public sealed class Transcoder : IDisposable
{
    private readonly Playout _playout;
    private readonly IAudioEncoder _encoder;
    private readonly Resampler? _resampler;
    private readonly short[] _decoded;
    private readonly short[] _converted;

    public Transcoder(AudioCodec from, AudioCodec to)
    {
        // Opus speaks the other codec's rate, and need not find out what the sound is made of.
        _encoder = to.CreateEncoder(from.SampleRate(), light: true);
        _playout = new Playout(from.CreateDecoder(_encoder.SampleRate));
        _decoded = new short[_playout.SampleRate / AudioCodecs.FramesPerSecond];
        _converted = _decoded;
        if (_playout.SampleRate == _encoder.SampleRate)
            return;
        _resampler = new Resampler(_playout.SampleRate, _encoder.SampleRate, _decoded.Length);
        _converted = new short[_resampler.MaxOutput(_decoded.Length)];
    }

    public AudioCodec From => _playout.Codec;

    public AudioCodec To => _encoder.Codec;

    public Playout Playout => _playout;

    public void Put(in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now) => _playout.Put(header, payload, now);

    /// <summary>Encodes the next frame and gives its length; 0 when the stream has nothing to say.</summary>
    public int Read(Span<byte> payload)
    {
        if (!_playout.TryRead(_decoded))
            return 0;
        var samples = _resampler is null ? _decoded.Length : _resampler.Process(_decoded, _converted);
        return _encoder.Encode(_converted.AsSpan(0, samples), payload);
    }

    public void Dispose()
    {
        _playout.Dispose();
        _encoder.Dispose();
    }
}
