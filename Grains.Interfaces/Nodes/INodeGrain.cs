using Orleans.Concurrency;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Nodes;

/// <summary>
/// Where a silo's edge and media engine can be reached; the key is the node's name. State that outlives an activation keeps the
/// name and asks here for the live references.
/// </summary>
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>
    /// Announces or renews the node's observers. They expire after <see cref="NodeLease.Duration"/> unless renewed. False when the grain is on another
    /// node than the one it stands for, which then takes it home by <see cref="TakeHome"/> and announces itself again.
    /// </summary>
    Task<bool> Attach(NodeLinks links);

    /// <summary>The grain leaves the place where it is; its next caller starts it anew.</summary>
    Task TakeHome();

    /// <summary>The node leaves in good order: its references are forgotten at once.</summary>
    Task Detach();

    /// <summary>
    /// The live references, or null when the node is not attached or its lease ran out. A grain that has just been started does not know
    /// that yet, and waits for a node that is in the cluster up to <see cref="NodeLease.Patience"/>; after that it answers at once.
    /// </summary>
    // Interleaves because it only reads, and one that waits must not keep out the announcement that it waits for.
    [AlwaysInterleave]
    Task<NodeLinks?> Resolve();
}

/// <summary>References to one node's observers.</summary>
[GenerateSerializer, Immutable]
public sealed record NodeLinks(IEdge Edge, IMediaNode Media, IBrowserEdge? Browsers = null, IPhoneEdge? Phones = null, IRecorder? Recorder = null, ICallDesk? Desk = null);

/// <summary>How long a node's announcement holds, and how often the node renews it.</summary>
public static class NodeLease
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    /// <summary>Within this time a node that lives has announced itself to a new activation of its grain; less than <see cref="EdgeLimits.CommandTimeout"/>.</summary>
    public static readonly TimeSpan Patience = RenewEvery + TimeSpan.FromSeconds(1);
}
