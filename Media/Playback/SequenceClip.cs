namespace Webphone.Media.Playback;

/// <summary>Clips one after the other, each of which ends.</summary>
public sealed class SequenceClip(IReadOnlyList<IAudioClip> clips) : IAudioClip
{
    public TimeSpan Duration => clips.Aggregate(TimeSpan.Zero, (sum, clip) => sum + clip.Duration);

    public IAudioSource Open(int sampleRate) => new Playing([.. clips.Select(clip => clip.Open(sampleRate))]);

    private sealed class Playing(IAudioSource[] sources) : IAudioSource
    {
        private int _at;

        public bool Read(Span<short> frame)
        {
            while (_at < sources.Length)
            {
                if (sources[_at].Read(frame))
                    return true;
                _at++;
            }
            frame.Clear();
            return false;
        }
    }
}
