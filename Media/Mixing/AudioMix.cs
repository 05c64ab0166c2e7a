using Webphone.Media.Playback;

namespace Webphone.Media.Mixing;

/// <summary>
/// Everybody hears everybody but themselves (N-1): the sum of all, less their own, with one gain for all that keeps the sum from
/// clipping. Not thread-safe; a tick allocates nothing.
/// </summary>
public sealed class AudioMix
{
    /// <summary>The sum is kept below this.</summary>
    private const float Ceiling = 31000;

    /// <summary>How much of the lost gain comes back with each frame.</summary>
    private const float Recovery = 0.05f;

    private readonly int[] _sum = new int[MixFormat.FrameSamples];
    private readonly int[] _others = new int[MixFormat.FrameSamples];
    private readonly short[] _sound = new short[MixFormat.FrameSamples];
    private readonly short[] _total = new short[MixFormat.FrameSamples];
    private readonly List<MixSeat> _seats = [];
    private IAudioSource? _playing;
    private float _gain = 1;
    private float _gainBefore = 1;

    public IReadOnlyList<MixSeat> Seats => _seats;

    /// <summary>What somebody hears who says nothing, in this frame.</summary>
    public ReadOnlySpan<short> Total => _total;

    public MixSeat Add()
    {
        var seat = new MixSeat();
        _seats.Add(seat);
        return seat;
    }

    public void Remove(MixSeat seat)
    {
        _seats.Remove(seat);
        seat.Dispose();
    }

    /// <summary>Plays to everybody, in place of what was played.</summary>
    public void Play(IAudioClip clip) => _playing = clip.Open(MixFormat.SampleRate);

    /// <summary>Makes the next frame.</summary>
    public void Tick()
    {
        Array.Clear(_sum);
        foreach (var seat in _seats)
        {
            seat.Read();
            if (seat.Contributes)
                FrameMath.Add(seat.Said, _sum);
        }
        if (_playing is not null)
        {
            if (_playing.Read(_sound))
                FrameMath.Add(_sound, _sum);
            else
                _playing = null;
        }
        Limit();
        FrameMath.Scale(_sum, _gainBefore, _gain, _total);
    }

    /// <summary>What the participant hears in this frame.</summary>
    public void Hear(MixSeat seat, Span<short> frame)
    {
        if (!seat.Contributes)
        {
            _total.CopyTo(frame);
            return;
        }
        FrameMath.Subtract(_sum, seat.Said, _others);
        FrameMath.Scale(_others, _gainBefore, _gain, frame);
    }

    /// <summary>A loud frame is turned down from its first sample on; the gain comes back slowly, along the frame.</summary>
    private void Limit()
    {
        var peak = FrameMath.Peak(_sum);
        var allowed = peak > Ceiling ? Ceiling / peak : 1;
        _gainBefore = Math.Min(_gain, allowed);
        _gain = Math.Min(allowed, _gain + Recovery);
    }
}
