namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>The one thread that writes all recordings of this node, so that a disk which is slow holds up no call.</summary>
internal sealed class RecordingWriter : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Action<OpenRecording> _finished;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private OpenRecording[] _open = [];

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
            Volatile.Write(ref _open, [.. _open, recording]);
    }

    /// <summary>Ends all recordings, and returns when their files are complete. Twice is once.</summary>
    public void Dispose()
    {
        if (_stop.IsSet)
            return;
        foreach (var recording in Volatile.Read(ref _open))
            recording.End();
        _stop.Set();
        _thread.Join();
    }

    private void Run()
    {
        while (!_stop.Wait(LookEvery))
            Turn();
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
