namespace Webphone.Media.Codecs;

/// <summary>ITU-T G.722 at 64 kbit/s: 16 kHz samples in, one byte for every two.</summary>
public sealed class G722Encoder : IAudioEncoder
{
    private const int History = 22;
    private const int MaxFrame = 1920;
    private readonly G722Band _low = new(32);
    private readonly G722Band _high = new(8);
    private readonly int[] _window = new int[History + MaxFrame];

    public AudioCodec Codec => AudioCodec.G722;

    public int SampleRate => 16000;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        samples = samples[..Math.Min(samples.Length & ~1, MaxFrame)];
        for (var i = 0; i < samples.Length; i++)
            _window[History + i] = samples[i];
        for (var i = 0; i < samples.Length; i += 2)
        {
            Split(_window.AsSpan(i, History + 2), out var low, out var high);
            payload[i / 2] = (byte)((EncodeHigh(high) << 6) | EncodeLow(low));
        }
        _window.AsSpan(samples.Length, History).CopyTo(_window);
        return samples.Length / 2;
    }

    public void Dispose()
    {
    }

    private static void Split(ReadOnlySpan<int> window, out int low, out int high)
    {
        var (odd, even) = G722Tables.Filter(window);
        low = (even + odd) >> 14;
        high = (even - odd) >> 14;
    }

    private int EncodeLow(int sample)
    {
        var error = Math.Clamp(sample - _low.Estimate, short.MinValue, short.MaxValue);
        var magnitude = error >= 0 ? error : ~error;
        var decision = G722Tables.LowDecision;
        var level = 1;
        while (level < decision.Length && magnitude >= (decision[level] * _low.Scale) >> 12)
            level++;
        // ILN and ILP: the two codes of smallest magnitude stand at the end of the negative half.
        var code = error >= 0 ? 62 - level : level <= 2 ? 64 - level : 34 - level;
        var coarse = code >> 2;
        var difference = (_low.Scale * G722Tables.LowInverse4[coarse]) >> 15;
        _low.AdaptScale(G722Tables.LowMultiplier[coarse], G722Tables.LowLogLimit, G722Tables.LowShift);
        _low.Predict(difference);
        return code;
    }

    private int EncodeHigh(int sample)
    {
        var error = Math.Clamp(sample - _high.Estimate, short.MinValue, short.MaxValue);
        var magnitude = error >= 0 ? error : ~error;
        var far = magnitude >= (564 * _high.Scale) >> 12;
        var code = (error >= 0 ? 2 : 0) | (far ? 0 : 1);
        var difference = (_high.Scale * G722Tables.HighInverse[code]) >> 15;
        _high.AdaptScale(G722Tables.HighMultiplier[code], G722Tables.HighLogLimit, G722Tables.HighShift);
        _high.Predict(difference);
        return code;
    }
}
