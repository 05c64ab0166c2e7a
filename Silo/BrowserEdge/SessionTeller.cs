using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// What one leg tells its browser session, in order and one at a time. What cannot be told is dropped: a tab that attaches again gets all of it.
/// Safe from any thread; telling never waits.
/// </summary>
internal sealed partial class SessionTeller(IBrowserSessionGrain session, string key, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Queue<SessionNews> _waiting = new(2);
    private bool _pumping;

    public void Tell(SessionNews news)
    {
        lock (_gate)
        {
            _waiting.Enqueue(news);
            if (_pumping)
                return;
            _pumping = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static teller => _ = teller.Pump(), this, preferLocal: false);
    }

    private async Task Pump()
    {
        while (true)
        {
            SessionNews? next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _pumping = false;
                    return;
                }
            }
            try
            {
                await session.Hear(next).WaitAsync(EdgeLimits.CommandTimeout, time);
            }
            // The edge of the telling loop: what the session did not hear it asks for when its tab attaches.
            catch (Exception failure)
            {
                LogNotTold(failure, key);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Session} was not told of its leg")]
    private partial void LogNotTold(Exception failure, string session);
}
