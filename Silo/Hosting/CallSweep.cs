using Microsoft.Extensions.Logging;

namespace Webphone.Silo.Hosting;

/// <summary>Looks after calls every so often for as long as the node serves.</summary>
/// <param name="once">One look.</param>
/// <param name="every">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where a look that failed is told.</param>
/// <param name="first">How long until the first one; as long as between two when null.</param>
internal sealed partial class CallSweep(Func<Task> once, TimeSpan every, TimeProvider time, ILogger<CallSweep> logger, TimeSpan? first = null) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;
    private int _stopped;

    public void Start() => _sweeping = Sweep();

    /// <summary>Does not wait for a sweep that is under way. Twice is once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        await _stop.CancelAsync();
        await _sweeping;
        _stop.Dispose();
    }

    private async Task Sweep()
    {
        using var timer = new PeriodicTimer(first ?? every, time);
        while (await Tick(timer))
        {
            timer.Period = every;
            try
            {
                await once().WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // A loop's edge: the next turn tries again.
                LogFailed(error);
            }
        }
    }

    private async Task<bool> Tick(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The calls that are on could not be looked at")]
    private partial void LogFailed(Exception error);
}
