using Webphone.Media.Playback;

namespace Webphone.Media.Tones;

/// <summary>A stretch of one or two sines, or of silence.</summary>
/// <param name="FirstHz">0 for silence.</param>
/// <param name="SecondHz">0 for a single tone.</param>
/// <param name="Duration">How long; zero in a plan of one step means without end.</param>
public readonly record struct ToneStep(int FirstHz, int SecondHz, TimeSpan Duration);

/// <summary>Sines in a cadence, computed at whatever rate they are played at.</summary>
/// <param name="steps">The cadence.</param>
/// <param name="repeat">From the first step again after the last.</param>
/// <param name="levelDb">Level of each sine below full scale (digital full scale is +3.14 dBm0).</param>
public sealed class ToneClip(ToneStep[] steps, bool repeat, double levelDb = ToneClip.DefaultLevelDb) : IAudioClip
{
    public const double DefaultLevelDb = -18;

    /// <summary>Attack and release, so that switching does not click.</summary>
    private const double RampSeconds = 0.004;

    /// <summary>Length of one pass.</summary>
    public TimeSpan Duration => steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Duration);

    /// <summary>A DTMF digit as sound, for a leg without telephone-event.</summary>
    public static ToneClip Dtmf(byte code, TimeSpan duration)
    {
        var (low, high) = Webphone.Media.Dtmf.DtmfDigit.Frequencies(code);
        return new ToneClip([new ToneStep(low, high, duration), new ToneStep(0, 0, TimeSpan.FromMilliseconds(60))], repeat: false, levelDb: -12);
    }

    public IAudioSource Open(int sampleRate) => new Playing(steps, repeat, Math.Pow(10, levelDb / 20) * short.MaxValue, sampleRate);

    private sealed class Playing(ToneStep[] steps, bool repeat, double amplitude, int rate) : IAudioSource
    {
        private int _step;
        private int _sample;

        public bool Read(Span<short> frame)
        {
            if (_step >= steps.Length)
            {
                frame.Clear();
                return false;
            }
            for (var i = 0; i < frame.Length; i++)
                frame[i] = _step < steps.Length ? Next() : (short)0;
            return true;
        }

        private short Next()
        {
            var step = steps[_step];
            var length = (int)(step.Duration.TotalSeconds * rate);
            var ramp = RampSeconds * rate;
            var envelope = Math.Min(1, _sample / ramp);
            if (length > 0)
                envelope = Math.Min(envelope, (length - 1 - _sample) / ramp);
            var value = (Sine(step.FirstHz) + Sine(step.SecondHz)) * amplitude * envelope;
            Advance(length);
            return (short)value;
        }

        private double Sine(int hertz) => hertz == 0 ? 0 : Math.Sin(2 * Math.PI * ((long)_sample * hertz % rate) / rate);

        private void Advance(int length)
        {
            _sample++;
            if (length == 0)
            {
                // A tone without end: whole hertz repeat every second, and the ramp is behind us.
                if (_sample >= 2 * rate)
                    _sample -= rate;
                return;
            }
            if (_sample < length)
                return;
            _sample = 0;
            _step++;
            if (repeat && _step >= steps.Length)
                _step = 0;
        }
    }
}
