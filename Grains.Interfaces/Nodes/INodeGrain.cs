using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Nodes;

/// <summary>
/// Where a silo's edge and media engine can be reached; the key is the node's name. State that outlives an activation keeps the
/// name and asks here for the live references.
/// </summary>
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>Announces or renews the node's observers. They expire after <see cref="NodeLease.Duration"/> unless renewed.</summary>
    Task Attach(IEdge edge, IMediaNode media, IBrowserEdge? browsers = null);

    /// <summary>The node leaves in good order: its references are forgotten at once.</summary>
    Task Detach();

    /// <summary>The live references, or null when the node is not attached or its lease ran out.</summary>
    Task<NodeLinks?> Resolve();
}

/// <summary>References to one node's observers.</summary>
[GenerateSerializer, Immutable]
public sealed record NodeLinks(IEdge Edge, IMediaNode Media, IBrowserEdge? Browsers = null);

/// <summary>How long a node's announcement holds, and how often the node renews it.</summary>
public static class NodeLease
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);
}
