namespace Webphone.Media.Codecs;

/// <summary>ITU-T G.722 at 64 kbit/s: every byte gives two samples at 16 kHz.</summary>
public sealed class G722Decoder : IAudioDecoder
{
    private const int History = 22;
    private const int MaxFrame = 1920;
    private readonly G722Band _low = new(32);
    private readonly G722Band _high = new(8);
    private readonly int[] _window = new int[History + MaxFrame];

    public AudioCodec Codec => AudioCodec.G722;

    public int SampleRate => 16000;

    public int CountSamples(ReadOnlySpan<byte> payload) => 2 * payload.Length;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        payload = payload[..Math.Min(payload.Length, Math.Min(samples.Length, MaxFrame) / 2)];
        for (var i = 0; i < payload.Length; i++)
        {
            var low = DecodeLow(payload[i] & 63);
            var high = DecodeHigh(payload[i] >> 6);
            _window[History + 2 * i] = low + high;
            _window[History + 2 * i + 1] = low - high;
            Join(_window.AsSpan(2 * i, History + 2), samples[(2 * i)..]);
        }
        _window.AsSpan(2 * payload.Length, History).CopyTo(_window);
        return 2 * payload.Length;
    }

    public bool TryConceal(Span<short> samples) => false;

    public void Dispose()
    {
    }

    private static void Join(ReadOnlySpan<int> window, Span<short> samples)
    {
        var (even, odd) = G722Tables.Filter(window);
        samples[0] = (short)Math.Clamp(odd >> 11, short.MinValue, short.MaxValue);
        samples[1] = (short)Math.Clamp(even >> 11, short.MinValue, short.MaxValue);
    }

    private int DecodeLow(int code)
    {
        var heard = Math.Clamp(_low.Estimate + ((_low.Scale * G722Tables.LowInverse6[code]) >> 15), -16384, 16383);
        var coarse = code >> 2;
        var difference = (_low.Scale * G722Tables.LowInverse4[coarse]) >> 15;
        _low.AdaptScale(G722Tables.LowMultiplier[coarse], G722Tables.LowLogLimit, G722Tables.LowShift);
        _low.Predict(difference);
        return heard;
    }

    private int DecodeHigh(int code)
    {
        var difference = (_high.Scale * G722Tables.HighInverse[code]) >> 15;
        var heard = Math.Clamp(_high.Estimate + difference, -16384, 16383);
        _high.AdaptScale(G722Tables.HighMultiplier[code], G722Tables.HighLogLimit, G722Tables.HighShift);
        _high.Predict(difference);
        return heard;
    }
}
