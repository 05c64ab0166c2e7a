using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Watching;

/// <summary>
/// Tells one listener how something stands: in order, one telling at a time, and always the newest; while the listener is slow,
/// what is out of date is skipped. A telling that fails is repeated <see cref="Attempts"/> times in all, then left to the next change
/// and to the listener's own sweep. For one grain's turns.
/// </summary>
internal sealed partial class LatestTeller<T>(Func<T, Task> tell, string what, TimeProvider time, ILogger log)
    where T : class
{
    public const int Attempts = 4;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private T? _next;
    private Task _telling = Task.CompletedTask;

    /// <summary>The task never fails; it ends when there is nothing left to tell.</summary>
    public Task Tell(T value)
    {
        _next = value;
        if (_telling.IsCompleted) _telling = Run();
        return _telling;
    }

    private async Task Run()
    {
        for (var attempt = 1; _next is { } value;)
        {
            try
            {
                var telling = tell(value);
                await (telling.IsCompleted ? telling : telling.WaitAsync(EdgeLimits.CommandTimeout, time));
                attempt = 1;
                if (ReferenceEquals(_next, value)) _next = null;
            }
            catch (Exception error)
            {
                LogNotTold(log, what, attempt, error);
                if (++attempt > Attempts) _next = null;
                else await Task.Delay(AgainAfter, time);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telling the {What} failed, attempt {Attempt}")]
    private static partial void LogNotTold(ILogger log, string what, int attempt, Exception error);
}
