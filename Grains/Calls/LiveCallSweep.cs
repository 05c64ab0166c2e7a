using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// Wakes calls whose activation may have died with nobody left to report to it: they come back from the journal and find out what is
/// left of them. The host of each node runs <see cref="Once"/> every <see cref="Every"/> and <see cref="WakeOrphans"/> every <see cref="OrphansEvery"/>, and in a
/// cluster <see cref="NodeGone"/> when a node was given up.
/// </summary>
public sealed partial class LiveCallSweep(IGrainFactory grains, IDirectory directory, ICallJournal journal, TimeProvider time, ILogger<LiveCallSweep> log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan OrphansEvery = TimeSpan.FromSeconds(5);

    /// <summary>How many calls of a tenant are looked at; far more than one has at once.</summary>
    public const int MaxCalls = 100_000;

    /// <summary>How many orphans are woken at a time; the others come with the next round.</summary>
    public const int MaxOrphans = 1_000;

    private const int AtOnce = 64;

    /// <summary>The calls that this node has in hand.</summary>
    public async Task Once()
    {
        foreach (var tenant in directory.Tenants) await Wake(journal.Live(tenant.Name, MaxCalls).Select(call => call.CallKey));
    }

    /// <summary>The calls of nodes that died. Each is closed, or goes on, by its one grain, whichever nodes wake it.</summary>
    public async Task WakeOrphans() => await Wake(await journal.Orphans(MaxOrphans));

    /// <summary>
    /// The cluster has given a node up: the calls of this node that have a leg there, or are in a conference that is mixed there, look at once what is left, and
    /// those that the lost node had in hand are woken. Those of other nodes are looked after by them.
    /// </summary>
    public async Task NodeGone(string node)
    {
        foreach (var tenant in directory.Tenants)
        {
            var touched = journal.Live(tenant.Name, MaxCalls).Where(call => IsTouched(call.State, node));
            await Each(touched.Select(call => call.CallKey), call => call.Sweep());
        }

        await Wake(await journal.OfNode(node, MaxOrphans));
    }

    private static bool IsTouched(CallState call, string node) =>
        call.Legs().Any(leg => leg.IsOwned && leg.Node == node) || (call.Stage == CallStage.InRoom && call.Room!.Node == node);

    private Task Wake(IEnumerable<string> callKeys) => Each(callKeys, call => call.GetView());

    private async Task Each(IEnumerable<string> callKeys, Func<ICallGrain, Task> ask)
    {
        foreach (var some in callKeys.Chunk(AtOnce)) await Task.WhenAll(some.Select(callKey => Ask(callKey, ask)));
    }

    private async Task Ask(string callKey, Func<ICallGrain, Task> ask)
    {
        try
        {
            await ask(grains.GetGrain<ICallGrain>(callKey)).WaitAsync(EdgeLimits.CommandTimeout, time);
        }
        catch (Exception error)
        {
            // The next sweep tries again.
            LogAsleep(log, callKey, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey}: does not answer the sweep")]
    private static partial void LogAsleep(ILogger log, string callKey, Exception error);
}
