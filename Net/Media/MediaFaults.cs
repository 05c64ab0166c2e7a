using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Webphone.Net.Media;

/// <summary>
/// Where the exceptions of media loops and observers end: each is a mistake of ours, is counted, and costs at most its own endpoint
/// a packet or a frame. At most one a second is written out. Thread-safe.
/// </summary>
internal sealed partial class MediaFaults(MediaClock clock, ILogger? logger)
{
    private static readonly long LogInterval = TimeSpan.TicksPerSecond;
    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private long _count;
    private long _nextLog;

    public long Count => Volatile.Read(ref _count);

    public void Report(Exception exception)
    {
        var count = Interlocked.Increment(ref _count);
        var now = clock.Now.Ticks;
        var due = Volatile.Read(ref _nextLog);
        if (now >= due && Interlocked.CompareExchange(ref _nextLog, now + LogInterval, due) == due)
            LogFault(exception, count);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The media engine failed on one endpoint and went on; {Count} such faults so far.")]
    private partial void LogFault(Exception exception, long count);
}
