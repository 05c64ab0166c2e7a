namespace Webphone.Tests.Shared;

/// <summary>Makes and measures sines.</summary>
internal static class Sine
{
    public static short[] Make(double hertz, int rate, int samples, double amplitude = 8000, int start = 0)
    {
        var sine = new short[samples];
        for (var i = 0; i < samples; i++)
            sine[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * (start + i) / rate));
        return sine;
    }

    /// <summary>Amplitude of one frequency (Goertzel).</summary>
    public static double Amplitude(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        var k = 2 * Math.Cos(2 * Math.PI * hertz / rate);
        double before = 0, last = 0;
        foreach (var sample in samples)
            (before, last) = (last, sample + k * last - before);
        return 2 * Math.Sqrt(Math.Max(0, last * last + before * before - k * last * before)) / Math.Max(1, samples.Length);
    }

    /// <summary>Mean square.</summary>
    public static double Power(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return sum / Math.Max(1, samples.Length);
    }

    /// <summary>How much of the power lies at one frequency: 1 for a sine, near 0 for its absence; 0 for silence.</summary>
    public static double Share(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        var (amplitude, power) = (Amplitude(samples, hertz, rate), Power(samples));
        return power > 0 ? Math.Min(1, amplitude * amplitude / 2 / power) : 0;
    }

    /// <summary>Power of one frequency against everything else, in dB; the stretch should hold whole periods.</summary>
    public static double SignalToNoiseDb(ReadOnlySpan<short> samples, double hertz, int rate)
    {
        var amplitude = Amplitude(samples, hertz, rate);
        var signal = amplitude * amplitude / 2;
        return 10 * Math.Log10(signal / Math.Max(1e-9, Power(samples) - signal));
    }
}
