namespace Webphone.System.Tests.Harness;

/// <summary>What a stretch of audio holds: how loud it is, and how much of it is a tone of a given frequency.</summary>
public sealed class Tone
{
    private readonly short[] _samples;
    private readonly int _rate;

    public Tone(short[] samples, int rate)
    {
        _samples = samples;
        _rate = rate;
    }

    public TimeSpan Duration => TimeSpan.FromSeconds((double)_samples.Length / _rate);

    /// <summary>Root mean square, 0 to 1 of full scale.</summary>
    public double Level => Math.Sqrt(Sine.Power(_samples)) / 32768;

    /// <summary>
    /// The share of the power that lies at <paramref name="hertz"/> (over windows of 40 ms, so that a lost packet or a
    /// jump of phase costs one window and not the measure): 1 for a pure tone, near 0 for its absence.
    /// </summary>
    public double Share(double hertz)
    {
        var window = _rate / 25;
        var shares = new List<double>();
        for (var start = 0; start + window <= _samples.Length; start += window)
        {
            var slice = _samples.AsSpan(start, window);
            // A window without sound holds no tone.
            shares.Add(Sine.Power(slice) < 100 ? 0 : Sine.Share(slice, hertz, _rate));
        }

        return shares.Count == 0 ? 0 : shares.Average();
    }

    public bool Is(double hertz) => Share(hertz) > 0.7 && Level > 0.01;

    /// <summary>Nobody would hear it.</summary>
    public bool IsSilent => Level < 0.003;

    /// <summary>The strongest of the frequencies from 100 Hz to 3,400 Hz in steps of 20.</summary>
    public double Strongest()
    {
        return Enumerable.Range(5, 166).Select(i => i * 20.0).MaxBy(Share);
    }

    public override string ToString()
    {
        return $"{Duration.TotalMilliseconds:0} ms, level {Level:0.000}, strongest {Strongest():0} Hz (share {Share(Strongest()):0.00})";
    }
}
