using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;

namespace Webphone.Sip.Transactions;

/// <summary>A request that was sent, until its final response has come and repeats of it can no longer.</summary>
public sealed class ClientTransaction : FlowNode
{
    private readonly ClientTransactions _all;
    internal TransactionCore Core;
    internal readonly UInt128 Key;
    /// <summary>The request as it was sent; in Completed of an INVITE its ACK.</summary>
    internal byte[]? Kept;
    internal InviteSession? Session;
    internal Subscription? Subscription;
    internal bool IsCancelled;

    internal ClientTransaction(ClientTransactions all, SipMethod method, in SipFlow flow, UInt128 key, TransactionTimers timers) : base(flow)
    {
        _all = all;
        Key = key;
        Method = method;
        Core = new TransactionCore(flow.IsReliable, timers);
    }

    public SipMethod Method { get; }

    public bool IsInvite => Method == SipMethod.Invite;

    public TransactionState State => Core.State;

    /// <summary>Anything that the user wants to find here again.</summary>
    public object? Tag { get; set; }

    internal TransactionEffects Step(TransactionInput input, long nowMs) =>
        IsInvite ? InviteClientMachine.Step(ref Core, input, nowMs) : NonInviteClientMachine.Step(ref Core, input, nowMs);

    protected internal override void OnDue(long nowMs) => _all.OnDue(this, nowMs);
}
