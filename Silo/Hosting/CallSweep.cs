using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;

namespace Webphone.Silo.Hosting;

/// <summary>Runs <see cref="LiveCallSweep.Once"/> every <see cref="LiveCallSweep.Every"/> for as long as the node serves.</summary>
internal sealed partial class CallSweep(Func<Task> once, TimeProvider time, ILogger<CallSweep> logger) : IAsyncDisposable
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
        using var timer = new PeriodicTimer(LiveCallSweep.Every, time);
        while (await Tick(timer))
        {
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
