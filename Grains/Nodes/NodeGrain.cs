using Orleans.Placement;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Nodes;

/// <summary>Holds one node's references for as long as the node renews them. It is placed on the node itself, so the two die together.</summary>
[PreferLocalPlacement]
public sealed class NodeGrain(TimeProvider time) : Grain, INodeGrain
{
    private NodeLinks? _links;
    private DateTimeOffset _until;

    public Task Attach(IEdge edge, IMediaNode media, IBrowserEdge? browsers)
    {
        _links = new NodeLinks(edge, media, browsers);
        _until = time.GetUtcNow() + NodeLease.Duration;
        return Task.CompletedTask;
    }

    public Task Detach()
    {
        _links = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<NodeLinks?> Resolve() => Task.FromResult(time.GetUtcNow() < _until ? _links : null);
}
