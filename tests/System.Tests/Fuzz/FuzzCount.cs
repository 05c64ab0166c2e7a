namespace Webphone.System.Tests.Fuzz;

/// <summary>What became of the messages of a run. Safe from any thread.</summary>
public sealed class FuzzCount(int wanted)
{
    private int _taken;
    private int _swallowed;
    private int _connections;
    private int _unanswered;
    private int _failedToOpen;

    /// <summary>Messages that the server took: it answered what came behind them, or closed the connection for them.</summary>
    public int Taken => _taken;

    /// <summary>Messages that a damaged one before them took for its own body; sent for nothing.</summary>
    public int Swallowed => _swallowed;

    public int Connections => _connections;

    /// <summary>Times that a server with nothing else to read did not answer a sound request.</summary>
    public int Unanswered => _unanswered;

    public int FailedToOpen => _failedToOpen;

    public bool IsDone => _taken >= wanted;

    public void Took(int messages) => Interlocked.Add(ref _taken, messages);

    public void Swallow(int messages) => Interlocked.Add(ref _swallowed, messages);

    public void Opened() => Interlocked.Increment(ref _connections);

    public void NotAnswered() => Interlocked.Increment(ref _unanswered);

    public void NotOpened() => Interlocked.Increment(ref _failedToOpen);
}
