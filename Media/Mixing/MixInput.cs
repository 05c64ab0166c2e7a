using Webphone.Media.Codecs;
using Webphone.Media.Jitter;
using Webphone.Media.Resampling;
using Webphone.Media.Rtp;

namespace Webphone.Media.Mixing;

/// <summary>From one participant's packets to a frame for the mix every 20 ms. Not thread-safe; nothing is allocated per packet or frame.</summary>
public sealed class MixInput : IDisposable
{
    private readonly short[] _decoded = new short[MixFormat.FrameSamples];
    private Playout? _playout;
    private Resampler? _resampler;

    /// <summary>A packet of theirs.</summary>
    /// <param name="codec">Its codec.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="now">The time.</param>
    /// <param name="level">How loud it is, as <see cref="AudioLevelExtension"/> has it: silence is not decoded.</param>
    public void Put(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now, byte level = AudioLevelExtension.Unknown)
    {
        if (_playout?.Codec != codec && !TryFollow(codec))
            return;
        _playout!.Put(header, payload, now, level);
    }

    /// <summary>The next <see cref="MixFormat.FrameSamples"/>; false when the participant has nothing to say.</summary>
    public bool TryRead(Span<short> frame)
    {
        if (_playout is null)
            return false;
        if (_resampler is null)
            return _playout.TryRead(frame);
        var own = _decoded.AsSpan(0, _playout.SampleRate / AudioCodecs.FramesPerSecond);
        // Twice the rate: as many samples come out as the frame has.
        return _playout.TryRead(own) && _resampler.Process(own, frame) == frame.Length;
    }

    public void Dispose() => _playout?.Dispose();

    private bool TryFollow(AudioCodec codec)
    {
        if (!codec.CanTranscode())
            return false;
        _playout?.Dispose();
        _playout = new Playout(codec.CreateDecoder(MixFormat.SampleRate));
        _resampler = _playout.SampleRate == MixFormat.SampleRate
            ? null
            : new Resampler(_playout.SampleRate, MixFormat.SampleRate, _playout.SampleRate / AudioCodecs.FramesPerSecond);
        return true;
    }
}
