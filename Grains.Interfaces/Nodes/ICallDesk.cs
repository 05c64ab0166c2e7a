using Orleans.Concurrency;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Nodes;

/// <summary>Where a node takes reports for calls whose grains are on it: an edge elsewhere, which was told where a call is, need not ask for the place of its grain.</summary>
public interface ICallDesk : IGrainObserver
{
    /// <summary>As <see cref="ICallGrain.Report"/> of that call, wherever it is by now.</summary>
    // A call that is slow to answer keeps no other waiting.
    [AlwaysInterleave]
    Task<ReportAnswer> Report(string callKey, LegEvent legEvent);
}
