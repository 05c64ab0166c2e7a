using Webphone.Media.Codecs;
using Webphone.Media.Mixing;
using Webphone.Media.Rtp;

namespace Webphone.Media.Recording;

/// <summary>One channel of a recording: the packets of whoever speaks, or frames of a mix. Not thread-safe; nothing is allocated per packet or frame.</summary>
internal sealed class RecordedSide : IDisposable
{
    /// <summary>A mix ticks on another loop: so many of its frames wait before the first is taken.</summary>
    private const int Lead = 2;
    private const int Depth = 4;

    private readonly short[] _mixed = new short[Depth * RecordingFormat.ChannelSamples];
    private MixInput _input = new();
    private int _first;
    private int _count;
    private bool _flowing;

    public void Put(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now) => _input.Put(codec, header, payload, now);

    /// <summary>A frame of the mix; with too many waiting the oldest goes.</summary>
    public void PutMixed(ReadOnlySpan<short> frame)
    {
        if (_count == Depth)
            Drop();
        frame.CopyTo(Slot((_first + _count) % Depth));
        _flowing |= ++_count >= Lead;
    }

    /// <summary>The next frame: silence where nothing was said.</summary>
    public void Read(Span<short> frame)
    {
        if (_flowing && _count > 0)
        {
            Slot(_first).CopyTo(frame);
            Drop();
            return;
        }
        _flowing = false;
        if (!_input.TryRead(frame))
            frame.Clear();
    }

    /// <summary>Forgets all that waits, so that none of it is heard later.</summary>
    public void Clear()
    {
        (_first, _count, _flowing) = (0, 0, false);
        _input.Dispose();
        _input = new MixInput();
    }

    public void Dispose() => _input.Dispose();

    private Span<short> Slot(int index) => _mixed.AsSpan(index * RecordingFormat.ChannelSamples, RecordingFormat.ChannelSamples);

    private void Drop()
    {
        _first = (_first + 1) % Depth;
        _count--;
    }
}
