namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>The one thread that writes all recordings of this node, so that a disk which is slow holds up no call. It sleeps while nothing is recorded.</summary>
internal sealed class RecordingWriter : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Action<OpenRecording> _finished;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private OpenRecording[] _open = [];
    private volatile bool _stopped;

    /// <param name="finished">Hears of each recording whose file is complete; it must neither throw nor take long.</param>
    public RecordingWriter(Action<OpenRecording> finished)
    {
        _finished = finished;
        _thread = new Thread(Run) { Name = "recordings", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Recordings that go on.</summary>
    public int Count => Volatile.Read(ref _open).Length;

    public void Add(OpenRecording recording)
    {
        lock (_gate)
        {
            Volatile.Write(ref _open, [.. _open, recording]);
            if (_open.Length == 1 && !_stopped)
                _wake.Set();
        }
    }

    /// <summary>Ends all recordings, and returns when their files are complete. Twice is once.</summary>
    public void Dispose()
    {
        if (_stopped)
            return;
        foreach (var recording in Volatile.Read(ref _open))
            recording.End();
        lock (_gate)
            _stopped = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            _wake.WaitOne(Count == 0 ? Timeout.InfiniteTimeSpan : LookEvery);
            Turn();
        }
        // What was told to end during the last one.
        Turn();
    }

    private void Turn()
    {
        foreach (var recording in Volatile.Read(ref _open))
        {
            if (recording.IsOver)
                Finish(recording);
            else
                recording.Drain();
        }
    }

    private void Finish(OpenRecording recording)
    {
        recording.Finish();
        lock (_gate)
            Volatile.Write(ref _open, Array.FindAll(_open, other => !ReferenceEquals(other, recording)));
        recording.Dispose();
        _finished(recording);
    }
}
