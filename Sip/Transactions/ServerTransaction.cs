using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>A request that was received, and the way its answer goes. Made by the layer; the user answers it by <see cref="SipStack.Respond"/>.</summary>
public sealed class ServerTransaction : FlowNode
{
    private readonly ServerTransactions _all;
    private SipMessage? _request;
    internal TransactionCore Core;
    internal readonly UInt128 Key;
    internal UInt128 MergeKey;
    internal byte[]? Kept;
    internal InviteSession? Session;
    /// <summary>Where its responses go: mostly the flow that it came by.</summary>
    internal SipFlow Return;
    internal bool IsRerouted;

    internal ServerTransaction(ServerTransactions all, SipMessage request, in SipFlow flow, UInt128 key, TransactionTimers timers, byte[] localTag) : base(flow)
    {
        _all = all;
        _request = request;
        Key = key;
        Return = ReturnPath.Of(request, flow);
        Method = request.Method;
        LocalTag = localTag;
        Core = new TransactionCore(flow.IsReliable, timers);
    }

    /// <summary>The request. It is released when a final response has gone out, so that waiting for repeats holds no message.</summary>
    public SipMessage Request => _request ?? throw new InvalidOperationException("The request is released once it has its final response.");

    public SipMethod Method { get; }

    public bool IsInvite => Method == SipMethod.Invite;

    /// <summary>The tag that our responses put into To, if the request has none there.</summary>
    public byte[] LocalTag { get; }

    public TransactionState State => Core.State;

    /// <summary>Whether a final response has gone out, or none can any more.</summary>
    public bool IsAnswered => _request is null;

    /// <summary>Anything that the user wants to find here again.</summary>
    public object? Tag { get; set; }

    internal void ReleaseRequest() => _request = null;

    internal TransactionEffects Step(TransactionInput input, long nowMs) =>
        IsInvite ? InviteServerMachine.Step(ref Core, input, nowMs) : NonInviteServerMachine.Step(ref Core, input, nowMs);

    protected internal override void OnDue(long nowMs) => _all.OnDue(this, nowMs);
}
