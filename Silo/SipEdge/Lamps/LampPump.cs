using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webphone.Net.Sip.Driving;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>Tells the subscribers of one shard what changed, some in each turn, so that no message waits behind a thousand lamps.</summary>
internal sealed partial class LampPump(SipShard shard, ILogger logger)
{
    private const int InOneTurn = 64;

    private readonly ConcurrentQueue<LampSubscriber> _changed = new();
    private int _running;

    public void Add(LampSubscriber subscriber)
    {
        if (!subscriber.TryQueue())
            return;
        _changed.Enqueue(subscriber);
        if (Interlocked.Exchange(ref _running, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static pump => pump.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        do
        {
            while (!_changed.IsEmpty)
                TellSome();
            Volatile.Write(ref _running, 0);
        }
        while (!_changed.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0);
    }

    private void TellSome()
    {
        try
        {
            shard.Run(this, static (_, pump) =>
            {
                for (var i = 0; i < InOneTurn && pump._changed.TryDequeue(out var subscriber); i++)
                    subscriber.Tell();
            });
        }
        // The edge of the queue: what fails for one lamp must not leave all others dark.
        catch (Exception failure)
        {
            LogFailed(logger, failure, shard.Index);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A lamp of SIP shard {Shard} could not be told")]
    private static partial void LogFailed(ILogger logger, Exception failure, int shard);
}
