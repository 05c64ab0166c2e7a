using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Tenants;

namespace Webphone.Grains;

/// <summary>
/// What the grains need of their host:
/// <list type="bullet">
/// <item><see cref="IDirectory"/>, <see cref="ICallJournal"/>, <see cref="IHistoryStore"/>, <see cref="Recordings.IRecordingStore"/>, as singletons;</item>
/// <item><see cref="Nodes.LocalNode"/>, the name that this process attaches its edge by;</item>
/// <item>in a cluster <see cref="Nodes.IMembers"/>;</item>
/// <item><see cref="Nodes.NodeBook"/>, as a singleton;</item>
/// <item><see cref="TimeProvider"/>, the only clock;</item>
/// <item>logging;</item>
/// <item>grain storage named <see cref="Storage"/>, which keeps JSON;</item>
/// <item>for each node: <see cref="Nodes.INodeGrain.Attach"/> within every <see cref="Nodes.NodeLease.RenewEvery"/>.</item>
/// <item><see cref="LiveCallSweep.Once"/> within every <see cref="LiveCallSweep.Every"/>, once per cluster or on each node.</item>
/// </list>
/// </summary>
public static class GrainServices
{
    public const string Storage = "webphone";

    /// <summary>Refuses to start without a service that the grains need.</summary>
    public static void Check(IServiceProvider services)
    {
        foreach (var needed in new[] { typeof(IDirectory), typeof(ICallJournal), typeof(IHistoryStore), typeof(Recordings.IRecordingStore), typeof(Nodes.NodeBook), typeof(TimeProvider) })
        {
            if (services.GetService(needed) is null) throw new InvalidOperationException($"The grains need {needed.Name}; register one.");
        }
    }
}
