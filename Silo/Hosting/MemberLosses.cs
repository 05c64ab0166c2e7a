using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Webphone.Grains.Calls;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Looks after the calls of a silo as soon as the cluster has given it up, so that nobody talks into silence until the next sweep; before that it says where this node is. The lamps of
/// its phones go on where these have another way to. Compiled when Engine is Orleans.
/// </summary>
internal sealed partial class MemberLosses(IClusterMembershipService membership, Telephony telephony, LiveCallSweep calls, ILogger<MemberLosses> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = membership.CurrentSnapshot;
        try
        {
            await foreach (var now in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                foreach (var member in now.CreateUpdate(known).Changes)
                {
                    if (member.Status == SiloStatus.Active) telephony.NodeBack(member.Name);
                    if (member.Status != SiloStatus.Dead || known.GetSiloStatus(member.SiloAddress) is SiloStatus.None or SiloStatus.Dead) continue;
                    _ = LookAfter(member.Name);
                    if (!IsBack(now, member.Name)) telephony.NodeGone(member.Name);
                }

                known = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node ends.
        }
    }

    private async Task LookAfter(string node)
    {
        LogLost(node);
        try
        {
            await telephony.AnnounceAgain();
            await calls.NodeGone(node);
        }
        catch (Exception error)
        {
            // The edge of one look: the sweeps that come anyway find what is left.
            LogFailed(node, error);
        }
    }

    /// <summary>A node that was started again at once looks after its phones itself.</summary>
    private static bool IsBack(ClusterMembershipSnapshot now, string node) => now.Members.Values.Any(member => member.Name == node && member.Status is not SiloStatus.Dead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is gone: its calls are looked after")]
    private partial void LogLost(string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "The calls of node {Node} could not be looked after")]
    private partial void LogFailed(string node, Exception error);
}
