namespace Webphone.Grains.Calls;

/// <summary>
/// Does things one after another, in the order they were posted, without making the one who posts wait. For one grain's turns;
/// what is done must not throw. Holds what a call has asked of one leg, or a room of its mix, so it is bounded by their few commands.
/// </summary>
internal sealed class CommandLane<T>(Func<T, Task> run)
{
    private readonly Queue<T> _waiting = new(capacity: 2);
    private bool _running;

    /// <summary>What is being done; default when nothing is.</summary>
    public T? Running { get; private set; }

    public void Post(T command)
    {
        _waiting.Enqueue(command);
        if (!_running) _ = Drain();
    }

    private async Task Drain()
    {
        _running = true;
        while (_waiting.TryDequeue(out var command))
        {
            Running = command;
            await run(command);
        }

        Running = default;
        _running = false;
    }
}
