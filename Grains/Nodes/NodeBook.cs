using System.Collections.Concurrent;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Nodes;

/// <summary>
/// Where the nodes are, as this process heard last: a node's grain is on that node's machine, and every call of another would have to ask there first.
/// An answer holds for <see cref="Age"/>, less than a node takes to start again, or until a command by it failed. Safe from any thread.
/// </summary>
/// <param name="grains">Where nodes' grains are asked.</param>
/// <param name="time">Of the age of an answer.</param>
/// <param name="here">The node that this process is; null for one of which nobody asks that.</param>
public sealed class NodeBook(IGrainFactory grains, TimeProvider time, LocalNode? here = null)
{
    public static readonly TimeSpan Age = NodeLease.RenewEvery;

    private readonly ConcurrentDictionary<string, Entry> _known = [];

    /// <summary>The node's references; null when it is not attached. May throw, or take as long as the node's grain does.</summary>
    public ValueTask<NodeLinks?> Resolve(string node) =>
        _known.TryGetValue(node, out var known) && time.GetElapsedTime(known.Asked) < Age ? ValueTask.FromResult<NodeLinks?>(known.Links) : Ask(node);

    /// <summary>The node that this process is, where its legs can be told of; null when it holds none, or is not known.</summary>
    public string? Home => here is { HasMedia: true } ? here.Name : null;

    /// <summary>Whether the node is this process, so that a command to it is no message to another.</summary>
    public bool IsHere(string node) => node == here?.Name;

    public void Forget(string node) => _known.TryRemove(node, out _);

    private async ValueTask<NodeLinks?> Ask(string node)
    {
        var asked = time.GetTimestamp();
        var links = await grains.GetGrain<INodeGrain>(node).Resolve();
        if (links is null) Forget(node);
        else _known[node] = new Entry(links, asked);
        return links;
    }

    private sealed record Entry(NodeLinks Links, long Asked);
}
