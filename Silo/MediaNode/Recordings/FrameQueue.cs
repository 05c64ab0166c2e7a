using Webphone.Media.Recording;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>Frames between a media loop and the thread that writes files: one puts, one takes, neither waits, and what does not fit is counted.</summary>
internal sealed class FrameQueue(int capacity)
{
    private readonly short[] _frames = new short[capacity * RecordingFormat.FrameSamples];
    private long _put;
    private long _taken;
    private long _missed;

    public void Put(ReadOnlySpan<short> frame)
    {
        if (_put - Volatile.Read(ref _taken) == capacity)
        {
            Interlocked.Increment(ref _missed);
            return;
        }
        frame.CopyTo(Slot(_put));
        Volatile.Write(ref _put, _put + 1);
    }

    public bool TryTake(Span<short> frame)
    {
        if (_taken == Volatile.Read(ref _put))
            return false;
        Slot(_taken).CopyTo(frame);
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    /// <summary>How many did not fit since this was asked last.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    private Span<short> Slot(long number) => _frames.AsSpan((int)(number % capacity) * RecordingFormat.FrameSamples, RecordingFormat.FrameSamples);
}
