using Webphone.Media.Codecs;
using Webphone.Media.Mixing;
using Webphone.Media.Recording;
using Webphone.Media.Rtp;

namespace Webphone.Net.Media;

/// <summary>
/// Records one endpoint: what its leg says to somebody, and what of others the leg is sent. It belongs to the endpoint, so it goes on whoever the leg is connected
/// with, and ends with the endpoint. Sounds of ours, such as hold music, are not in it. Thread-safe.
/// </summary>
/// <remarks>Its gate is taken last: under an endpoint's port gate or a mix's gate, and nothing is locked under it but what the sink has of its own.</remarks>
public sealed class MediaRecorder : ITicking, IDisposable
{
    /// <summary>Ticks that a stalled loop lost are made up for by silence once they are more than this: the recording keeps to the clock.</summary>
    private const int ToleratedLag = 10;

    private readonly Lock _gate = new();
    private readonly MediaLoop _loop;
    private readonly IRecordingSink _sink;
    private readonly RecordingInput _input = new();
    private readonly short[] _frame = new short[RecordingFormat.FrameSamples];
    private readonly TimeSpan _from;
    private readonly int _phase;
    private long _written;
    private bool _paused;
    private bool _over;

    internal MediaRecorder(MediaLoop loop, string name, IRecordingSink sink, TimeSpan from, bool paused)
    {
        Name = name;
        _loop = loop;
        _sink = sink;
        _from = from;
        _paused = paused;
        _phase = loop.Wheel.AddFrame(this);
    }

    /// <summary>As whoever wanted it calls it.</summary>
    public string Name { get; }

    /// <summary>What is said while it is paused is not in the recording, where there is silence for as long.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
                return _paused;
        }
        set
        {
            lock (_gate)
            {
                if (_paused == value)
                    return;
                _paused = value;
                if (!_over)
                    _input.Clear();
            }
        }
    }

    internal void PutOwn(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now)
    {
        lock (_gate)
        {
            if (Listens(now))
                _input.PutOwn(codec, header, payload, now);
        }
    }

    internal void PutFar(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now)
    {
        lock (_gate)
        {
            if (Listens(now))
                _input.PutFar(codec, header, payload, now);
        }
    }

    internal void PutFar(ReadOnlySpan<short> mixed, TimeSpan now)
    {
        lock (_gate)
        {
            if (Listens(now))
                _input.PutFar(mixed);
        }
    }

    /// <summary>Ends the recording. Twice is once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_over)
                return;
            _over = true;
            _input.Dispose();
        }
        _loop.Wheel.RemoveFrame(this, _phase);
        _sink.End();
    }

    void ITicking.OnFrame(TimeSpan now)
    {
        lock (_gate)
        {
            if (_over || now < _from)
                return;
            var due = (now - _from).Ticks / AudioCodecs.Frame.Ticks;
            if (due - _written > ToleratedLag)
                FillUp(due);
            if (_paused)
                _frame.AsSpan().Clear();
            else
                _input.Read(_frame);
            _sink.Write(_frame);
            _written++;
        }
    }

    void ITicking.OnSecond(TimeSpan now)
    {
    }

    private bool Listens(TimeSpan now) => !_over && !_paused && now >= _from;

    private void FillUp(long due)
    {
        _frame.AsSpan().Clear();
        for (; _written < due; _written++)
            _sink.Write(_frame);
    }
}
