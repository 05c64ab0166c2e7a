using Webphone.Media.Resampling;

namespace Webphone.Media.Playback;

/// <summary>Recorded or computed samples, kept once for each rate they are played at.</summary>
public sealed class PcmClip : IAudioClip
{
    private readonly bool _repeat;
    private readonly Lazy<short[]> _narrow;
    private readonly Lazy<short[]> _wide;
    private readonly Lazy<short[]> _full;

    /// <param name="samples">Mono samples, owned by the clip from here on.</param>
    /// <param name="sampleRate">Their rate.</param>
    /// <param name="repeat">Play from the start again at the end, for ever.</param>
    public PcmClip(short[] samples, int sampleRate, bool repeat)
    {
        _repeat = repeat;
        _narrow = new(() => Convert(samples, sampleRate, 8000, repeat));
        _wide = new(() => Convert(samples, sampleRate, 16000, repeat));
        _full = new(() => Convert(samples, sampleRate, 48000, repeat));
        Duration = TimeSpan.FromSeconds((double)samples.Length / sampleRate);
    }

    /// <summary>Length of one pass.</summary>
    public TimeSpan Duration { get; }

    public IAudioSource Open(int sampleRate) => new Playing(
        sampleRate switch
        {
            8000 => _narrow.Value,
            16000 => _wide.Value,
            48000 => _full.Value,
            _ => throw new ArgumentOutOfRangeException(nameof(sampleRate)),
        },
        _repeat);

    private static short[] Convert(short[] samples, int from, int to, bool repeat)
    {
        if (from == to || samples.Length == 0)
            return samples;
        var resampler = new Resampler(from, to, samples.Length);
        var lead = (int)(resampler.Delay.TotalSeconds * from);
        // A loop is primed with its own end, so that its seam is as smooth as in the original; a clip that ends is followed by silence.
        var primer = new short[lead];
        for (var i = 0; repeat && i < lead; i++)
            primer[i] = samples[i % samples.Length];
        var length = (int)((long)samples.Length * to / from);
        var output = new short[resampler.MaxOutput(samples.Length) + resampler.MaxOutput(lead)];
        var written = resampler.Process(samples, output);
        written += ProcessTail(resampler, primer, output.AsSpan(written), samples.Length);
        var skip = (int)(resampler.Delay.TotalSeconds * to);
        return output.AsSpan(Math.Min(skip, written), Math.Min(length, Math.Max(0, written - skip))).ToArray();
    }

    private static int ProcessTail(Resampler resampler, ReadOnlySpan<short> tail, Span<short> output, int maxInput)
    {
        var written = 0;
        while (!tail.IsEmpty)
        {
            var part = tail[..Math.Min(tail.Length, maxInput)];
            written += resampler.Process(part, output[written..]);
            tail = tail[part.Length..];
        }
        return written;
    }

    private sealed class Playing(short[] samples, bool repeat) : IAudioSource
    {
        private int _at;

        public bool Read(Span<short> frame)
        {
            if (samples.Length == 0 || (!repeat && _at >= samples.Length))
            {
                frame.Clear();
                return false;
            }
            while (!frame.IsEmpty)
            {
                var part = Math.Min(frame.Length, samples.Length - _at);
                samples.AsSpan(_at, part).CopyTo(frame);
                frame = frame[part..];
                _at += part;
                if (_at < samples.Length)
                    continue;
                if (!repeat)
                {
                    frame.Clear();
                    break;
                }
                _at = 0;
            }
            return true;
        }
    }
}
