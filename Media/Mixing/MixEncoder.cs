using Webphone.Media.Codecs;
using Webphone.Media.Resampling;

namespace Webphone.Media.Mixing;

/// <summary>From frames of the mix to one codec's payloads. Not thread-safe; nothing is allocated per frame.</summary>
public sealed class MixEncoder : IDisposable
{
    private readonly IAudioEncoder _encoder;
    private readonly Resampler? _resampler;
    private readonly short[] _samples;

    public MixEncoder(AudioCodec codec)
    {
        // A room of ten may ask for eleven of them.
        _encoder = codec.CreateEncoder(MixFormat.SampleRate, light: true);
        _samples = new short[MixFormat.FrameSamples];
        if (_encoder.SampleRate != MixFormat.SampleRate)
            _resampler = new Resampler(MixFormat.SampleRate, _encoder.SampleRate, MixFormat.FrameSamples);
    }

    public AudioCodec Codec => _encoder.Codec;

    /// <summary>Encodes one frame of the mix and gives the payload's length; 0 when the codec has nothing to send.</summary>
    public int Encode(ReadOnlySpan<short> frame, Span<byte> payload)
    {
        if (_resampler is null)
            return _encoder.Encode(frame, payload);
        return _encoder.Encode(_samples.AsSpan(0, _resampler.Process(frame, _samples)), payload);
    }

    public void Dispose() => _encoder.Dispose();
}
