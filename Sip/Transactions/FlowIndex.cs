using System.Net;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>The transactions of each flow: one that fails costs a look at its own and not at every transaction of the stack. A transaction is its own list node.</summary>
internal sealed class FlowIndex
{
    private readonly Dictionary<Key, FlowNode> _first = [];

    /// <summary>Flows that have a transaction.</summary>
    public int Count => _first.Count;

    public void Add(FlowNode node)
    {
        ref var first = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_first, Key.Of(node.Flow), out _);
        node.NextOnFlow = first;
        if (first is not null)
            first.PreviousOnFlow = node;
        first = node;
    }

    public void Remove(FlowNode node)
    {
        if (node.NextOnFlow is { } next)
            next.PreviousOnFlow = node.PreviousOnFlow;
        if (node.PreviousOnFlow is { } previous)
            previous.NextOnFlow = node.NextOnFlow;
        else if (node.NextOnFlow is { } first)
            _first[Key.Of(node.Flow)] = first;
        else
            _first.Remove(Key.Of(node.Flow));
        node.PreviousOnFlow = node.NextOnFlow = null;
    }

    /// <summary>All of a flow, as they are now: what is done to them may change the list.</summary>
    public List<FlowNode> On(in SipFlow flow)
    {
        var nodes = new List<FlowNode>();
        for (var node = _first.GetValueOrDefault(Key.Of(flow)); node is not null; node = node.NextOnFlow)
            nodes.Add(node);
        return nodes;
    }

    /// <summary>A connection is known by its number; a datagram flow by the listener and the address.</summary>
    private readonly record struct Key(long Connection, int Listener, IPEndPoint? Remote)
    {
        public static Key Of(in SipFlow flow) => flow.Connection != 0 ? new(flow.Connection, 0, null) : new(0, flow.Listener, flow.Remote);
    }
}
