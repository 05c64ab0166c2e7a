using System.Collections.Concurrent;
using Webphone.Grains.Calls;

namespace Webphone.Silo.Edges;

/// <summary>Calls that wait for a device to say that it rings, as the answer to their command. Safe from any thread.</summary>
internal sealed class RingWaits(TimeProvider time)
{
    private readonly ConcurrentDictionary<LegId, TaskCompletionSource<bool>> _waiting = new();

    /// <summary>Begins before the device is called. True when it rings; false when something else came first, or nothing for <see cref="EdgeLimits.RingPatience"/>.</summary>
    public async Task<bool> Rings(LegId leg)
    {
        // Whoever settles it is in a turn of the SIP stack.
        var waiting = _waiting.GetOrAdd(leg, static _ => new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        using var patience = time.CreateTimer(_ => Settle(leg, rings: false), null, EdgeLimits.RingPatience, Timeout.InfiniteTimeSpan);
        return await waiting.Task;
    }

    /// <summary>False when nobody waits for it (any more): then it has to be reported.</summary>
    public bool Settle(LegId leg, bool rings) => _waiting.TryRemove(leg, out var waiting) && waiting.TrySetResult(rings);
}
