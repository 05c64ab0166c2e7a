using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>A transaction, which goes over a flow and ends with it.</summary>
public abstract class FlowNode : TimerNode
{
    internal FlowNode? PreviousOnFlow;
    internal FlowNode? NextOnFlow;

    private protected FlowNode(in SipFlow flow) => Flow = flow;

    /// <summary>The flow that the request came or went by, and that its responses go by.</summary>
    public SipFlow Flow { get; internal set; }
}
