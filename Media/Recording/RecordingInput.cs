using Webphone.Media.Codecs;
using Webphone.Media.Rtp;

namespace Webphone.Media.Recording;

/// <summary>
/// From what both sides of a leg say to a frame of two channels every 20 ms. Both channels are read on one tick, so they stay aligned whatever is lost, late or not
/// sent. Not thread-safe; nothing is allocated per packet or frame.
/// </summary>
public sealed class RecordingInput : IDisposable
{
    private readonly RecordedSide _own = new();
    private readonly RecordedSide _far = new();
    private readonly short[] _channel = new short[RecordingFormat.ChannelSamples];

    /// <summary>A packet of the recorded leg.</summary>
    public void PutOwn(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now) => _own.Put(codec, header, payload, now);

    /// <summary>A packet of whoever the leg hears.</summary>
    public void PutFar(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now) => _far.Put(codec, header, payload, now);

    /// <summary>A frame of the mix that the leg hears.</summary>
    public void PutFar(ReadOnlySpan<short> mixed) => _far.PutMixed(mixed);

    /// <summary>The next <see cref="RecordingFormat.FrameSamples"/>.</summary>
    public void Read(Span<short> frame)
    {
        Interleave(_own, frame);
        Interleave(_far, frame[1..]);
    }

    /// <summary>Forgets what waits on both sides: after a pause nothing of it comes up.</summary>
    public void Clear()
    {
        _own.Clear();
        _far.Clear();
    }

    public void Dispose()
    {
        _own.Dispose();
        _far.Dispose();
    }

    private void Interleave(RecordedSide side, Span<short> frame)
    {
        side.Read(_channel);
        for (var i = 0; i < _channel.Length; i++)
            frame[RecordingFormat.Channels * i] = _channel[i];
    }
}
