namespace Webphone.Media.Tests.Signals;

/// <summary>Makes and measures sines.</summary>
internal static class Tone
{
    public static short[] Make(double hertz, int rate, int samples, double amplitude = 8000, int start = 0)
    {
        var tone = new short[samples];
        for (var i = 0; i < samples; i++)
            tone[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * (start + i) / rate));
        return tone;
    }

    /// <summary>Amplitude of one frequency (Goertzel).</summary>
    public static double Amplitude(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        double real = 0, imaginary = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var angle = 2 * Math.PI * hertz * i / rate;
            real += samples[i] * Math.Cos(angle);
            imaginary += samples[i] * Math.Sin(angle);
        }
        return 2 * Math.Sqrt(real * real + imaginary * imaginary) / samples.Length;
    }

    public static double Power(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return sum / Math.Max(1, samples.Length);
    }

    /// <summary>Power of one frequency against everything else, in dB; the stretch should hold whole periods.</summary>
    public static double SignalToNoiseDb(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        var amplitude = Amplitude(samples, hertz, rate);
        var signal = amplitude * amplitude / 2;
        return 10 * Math.Log10(signal / Math.Max(1e-9, Power(samples) - signal));
    }
}
