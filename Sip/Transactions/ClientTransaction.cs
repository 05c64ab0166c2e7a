using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>A request that was sent, until its final response has come and repeats of it can no longer.</summary>
public sealed class ClientTransaction : TimerNode
{
    private readonly TransactionLayer _layer;
    internal TransactionCore Core;
    internal readonly UInt128 Key;
    /// <summary>The request as it was sent; in Completed of an INVITE its ACK.</summary>
    internal byte[]? Kept;
    internal InviteSession? Session;
    internal bool IsCancelled;

    internal ClientTransaction(TransactionLayer layer, SipMethod method, in SipFlow flow, UInt128 key, TransactionTimers timers)
    {
        _layer = layer;
        Key = key;
        Flow = flow;
        Method = method;
        Core = new TransactionCore(flow.IsReliable, timers);
    }

    public SipMethod Method { get; }

    public bool IsInvite => Method == SipMethod.Invite;

    public SipFlow Flow { get; }

    public TransactionState State => Core.State;

    /// <summary>Anything that the user wants to find here again.</summary>
    public object? Tag { get; set; }

    internal TransactionEffects Step(TransactionInput input, long nowMs) =>
        IsInvite ? InviteClientMachine.Step(ref Core, input, nowMs) : NonInviteClientMachine.Step(ref Core, input, nowMs);

    protected internal override void OnDue(long nowMs) => _layer.OnDue(this, nowMs);
}
