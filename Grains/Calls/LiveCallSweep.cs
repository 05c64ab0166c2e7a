using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// Wakes every call that the journal says is on, so that one whose activation died with nobody left to report to it comes back and
/// finds out what is left of it. The host runs this every <see cref="Every"/>.
/// </summary>
public sealed partial class LiveCallSweep(IGrainFactory grains, IDirectory directory, ICallJournal journal, TimeProvider time, ILogger<LiveCallSweep> log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(60);

    /// <summary>How many calls of a tenant are looked at; far more than one has at once.</summary>
    public const int MaxCalls = 100_000;

    private const int AtOnce = 64;

    public async Task Once()
    {
        foreach (var tenant in directory.Tenants)
        {
            foreach (var calls in journal.Live(tenant.Name, MaxCalls).Chunk(AtOnce)) await Task.WhenAll(calls.Select(call => Wake(call.CallKey)));
        }
    }

    private async Task Wake(string callKey)
    {
        try
        {
            await grains.GetGrain<ICallGrain>(callKey).GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
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
