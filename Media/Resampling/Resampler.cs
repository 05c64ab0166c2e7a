using System.Numerics;
using System.Runtime.InteropServices;

namespace Webphone.Media.Resampling;

/// <summary>
/// Changes the sample rate of one stream by a rational factor with a Kaiser-windowed sinc in polyphase form: flat to 0.88 of the
/// lower Nyquist frequency, about 80 dB down beyond it. It delays by <see cref="Delay"/>. No allocation after construction.
/// </summary>
public sealed class Resampler
{
    private const int HalfWidth = 24;
    private const double Beta = 7.86;
    private const double Cutoff = 0.94;
    private readonly int _up;
    private readonly int _down;
    private readonly int _taps;
    private readonly float[] _phases;
    private readonly float[] _window;
    private int _filled;
    private int _phase;

    /// <param name="fromRate">Samples a second in.</param>
    /// <param name="toRate">Samples a second out.</param>
    /// <param name="maxInput">Most samples given to one call.</param>
    public Resampler(int fromRate, int toRate, int maxInput = 960)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fromRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(toRate);
        var divisor = (int)BigInteger.GreatestCommonDivisor(fromRate, toRate);
        _up = toRate / divisor;
        _down = fromRate / divisor;
        var stretch = Math.Max(1.0, (double)_down / _up);
        _taps = ((int)Math.Ceiling(2 * HalfWidth * stretch) + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _phases = Design(_up, _taps, stretch);
        _window = new float[_taps + maxInput];
        _filled = _taps - 1;
        Delay = TimeSpan.FromSeconds(_taps / 2.0 / fromRate);
    }

    public TimeSpan Delay { get; }

    /// <summary>Most samples that an input of this length can make.</summary>
    public int MaxOutput(int input) => (int)(((long)input * _up + _down - 1) / _down) + 1;

    /// <summary>Takes all of the input and gives the number of samples written.</summary>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        for (var i = 0; i < input.Length; i++)
            _window[_filled + i] = input[i];
        var available = _filled + input.Length;
        int at = 0, written = 0;
        while (at + _taps <= available)
        {
            output[written++] = Convolve(_window.AsSpan(at, _taps), _phases.AsSpan(_phase * _taps, _taps));
            _phase += _down;
            at += _phase / _up;
            _phase %= _up;
        }
        _filled = available - at;
        _window.AsSpan(at, _filled).CopyTo(_window);
        return written;
    }

    private static short Convolve(ReadOnlySpan<float> samples, ReadOnlySpan<float> taps)
    {
        var sum = Vector<float>.Zero;
        var a = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var b = MemoryMarshal.Cast<float, Vector<float>>(taps);
        for (var i = 0; i < b.Length; i++)
            sum += a[i] * b[i];
        return (short)Math.Clamp(MathF.Round(Vector.Sum(sum)), short.MinValue, short.MaxValue);
    }

    /// <summary>Each phase's taps, scaled so that a constant stays what it is.</summary>
    private static float[] Design(int up, int taps, double stretch)
    {
        var phases = new float[up * taps];
        for (var phase = 0; phase < up; phase++)
        {
            var sum = 0.0;
            Span<double> row = new double[taps];
            for (var tap = 0; tap < taps; tap++)
            {
                var distance = tap - (taps / 2 - 1) - (double)phase / up;
                row[tap] = Sinc(distance * Cutoff / stretch) * Kaiser(distance / (taps / 2.0));
                sum += row[tap];
            }
            for (var tap = 0; tap < taps; tap++)
                phases[phase * taps + tap] = (float)(row[tap] / sum);
        }
        return phases;
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x) => Math.Abs(x) >= 1 ? 0 : Bessel(Beta * Math.Sqrt(1 - x * x)) / Bessel(Beta);

    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-12 * sum; k++)
        {
            term *= x * x / (4.0 * k * k);
            sum += term;
        }
        return sum;
    }
}
