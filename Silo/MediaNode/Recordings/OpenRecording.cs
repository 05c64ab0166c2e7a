using System.Buffers;
using System.Buffers.Binary;
using Webphone.Grains.Recordings;
using Webphone.Media.Codecs;
using Webphone.Media.Recording;
using Webphone.Net.Media;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>
/// One recording that goes on: frames come from a media loop, everything else is done by the thread of <see cref="RecordingWriter"/>. When the disk refuses it, what
/// was written stays, and the rest counts as missing.
/// </summary>
internal sealed class OpenRecording : IRecordingSink, IDisposable
{
    /// <summary>Three seconds of a disk that does not answer.</summary>
    private const int QueuedFrames = 150;

    private static readonly long MaxFrames = RecordingFormat.MaxDuration.Ticks / AudioCodecs.Frame.Ticks;

    private readonly FrameQueue _queue = new(QueuedFrames);
    private readonly IRecordingEncoder _encoder;
    private readonly RecordingPeaks _peaks = new();
    private readonly Stream _file;
    private readonly Stream _peaksFile;
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _peakSteps = new();
    private readonly short[] _frame = new short[RecordingFormat.FrameSamples];
    private readonly byte[] _head = new byte[RecordingEncoders.MaxHead];
    private long _frames;
    private long _missing;
    private int _unflushed;
    private int _over;

    /// <param name="recording">What it is.</param>
    /// <param name="file">Owned from here on.</param>
    /// <param name="peaks">Owned from here on.</param>
    public OpenRecording(RecordingView recording, Stream file, Stream peaks)
    {
        Recording = recording;
        _file = file;
        _peaksFile = peaks;
        var serial = BinaryPrimitives.ReadUInt32LittleEndian(Convert.FromHexString(recording.Id));
        _encoder = RecordingEncoders.Create(recording.Kind == RecordingFileKind.Opus ? RecordingCoding.Opus : RecordingCoding.Wav, serial);
        _encoder.Begin(_output);
    }

    public RecordingView Recording { get; }

    /// <summary>Why the disk refused it; null while it does not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>No more frames come.</summary>
    public bool IsOver => Volatile.Read(ref _over) != 0;

    /// <summary>What can be played of it so far.</summary>
    public TimeSpan Duration => _frames * AudioCodecs.Frame;

    public TimeSpan Missing => _missing * AudioCodecs.Frame;

    public void Write(ReadOnlySpan<short> frame) => _queue.Put(frame);

    public void End() => Volatile.Write(ref _over, 1);

    /// <summary>Writes what has come. Never throws.</summary>
    public void Drain()
    {
        while (_queue.TryTake(_frame))
            Encode();
        var missed = _queue.TakeMissed();
        _missing += missed;
        _frame.AsSpan().Clear();
        for (; missed > 0; missed--)
            Encode();
        if (_unflushed >= AudioCodecs.FramesPerSecond)
            Flush();
    }

    /// <summary>Ends the file after everything that has come. Never throws.</summary>
    public void Finish()
    {
        Drain();
        _encoder.End(_output);
        Flush();
        Guard(() =>
        {
            _file.Dispose();
            _peaksFile.Dispose();
        });
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _file.Dispose();
        _peaksFile.Dispose();
    }

    private void Encode()
    {
        if (Fault is not null)
        {
            _missing++;
            return;
        }
        if (_frames == MaxFrames)
            return;
        _encoder.Write(_frame, _output);
        var step = _peakSteps.GetSpan(RecordingPeaks.StepSize);
        if (_peaks.Take(_frame, step))
            _peakSteps.Advance(RecordingPeaks.StepSize);
        _frames++;
        _unflushed++;
    }

    private void Flush()
    {
        if (Fault is null)
        {
            _encoder.Flush(_output);
            Guard(Put);
        }
        _output.ResetWrittenCount();
        _peakSteps.ResetWrittenCount();
        _unflushed = 0;
    }

    private void Put()
    {
        _file.Write(_output.WrittenSpan);
        var length = _encoder.WriteHead(_head);
        if (length > 0)
        {
            var end = _file.Position;
            _file.Position = 0;
            _file.Write(_head.AsSpan(0, length));
            _file.Position = end;
        }
        _file.Flush();
        _peaksFile.Write(_peakSteps.WrittenSpan);
        _peaksFile.Flush();
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fault ??= error;
            _frames -= _unflushed;
            _missing += _unflushed;
        }
    }
}
