using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>The requests that we sent and wait in: finds the transaction of each response, steps its machine and does what the machine asks for. Bounded.</summary>
internal sealed class ClientTransactions(TransactionLayer layer, HashSeed seed, SipStackOptions options, TimerWheel wheel, ISipStackSink sink)
{
    private readonly Dictionary<UInt128, ClientTransaction> _all = [];

    public int Count => _all.Count;

    /// <summary>Takes a response; one that belongs to no transaction is counted and dropped.</summary>
    public void Receive(SipMessage response, long nowMs)
    {
        if (!_all.TryGetValue(TransactionKeys.Client(seed, response.Branch, response.CSeqMethodToken), out var transaction))
        {
            layer.Statistics.Strays++;
            return;
        }
        Apply(transaction, transaction.Step(TransactionLayer.InputOf(response.StatusCode), nowMs), response);
    }

    /// <summary>Sends a request whose branch is given; null if there are too many already.</summary>
    public ClientTransaction? Send(
        SipMethod method, ReadOnlySpan<byte> token, ReadOnlySpan<byte> branch, in SipFlow flow, ReadOnlySpan<byte> message, long nowMs)
    {
        if (_all.Count >= options.MaxClientTransactions)
        {
            layer.Statistics.Overloads++;
            return null;
        }
        var transaction = new ClientTransaction(this, method, flow, TransactionKeys.Client(seed, branch, token), options.Timers);
        // A reliable transport repeats nothing, but an INVITE is still needed for its CANCEL and its ACK.
        transaction.Kept = !flow.IsReliable || method == SipMethod.Invite ? message.ToArray() : null;
        _all.Add(transaction.Key, transaction);
        layer.Flows.Add(transaction);
        transaction.Step(TransactionInput.Start, nowMs);
        layer.Statistics.RequestsOut++;
        sink.Send(flow, message);
        wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
        return transaction;
    }

    /// <summary>Sends the CANCEL of an INVITE that has a provisional response and no final one; it is a transaction of its own.</summary>
    public void Cancel(ClientTransaction invite, ReadOnlySpan<byte> headers, long nowMs)
    {
        if (invite.Kept is null || invite.IsCancelled || invite.State != TransactionState.Proceeding)
            return;
        invite.IsCancelled = true;
        var message = AckWriter.Cancel(invite.Kept, headers);
        if (SipMessage.TryParse(message, out var cancel, out _) && cancel is not null)
            Send(SipMethod.Cancel, SipMethod.Cancel.Token(), cancel.Branch, invite.Flow, message, nowMs);
    }

    /// <summary>Forgets an INVITE whose CANCEL brought no final response.</summary>
    public void Abandon(ClientTransaction transaction)
    {
        if (transaction.State != TransactionState.Terminated)
            Remove(transaction);
    }

    public void FlowFailed(ClientTransaction transaction, long nowMs)
    {
        if (transaction.State != TransactionState.Terminated)
            Apply(transaction, transaction.Step(TransactionInput.TransportError, nowMs), null);
    }

    internal void OnDue(ClientTransaction transaction, long nowMs)
    {
        if (transaction.Core.DueInput(nowMs) is { } input)
            Apply(transaction, transaction.Step(input, nowMs), null);
        else
            wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
    }

    private void Apply(ClientTransaction transaction, TransactionEffects effects, SipMessage? response)
    {
        wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
        if ((effects & TransactionEffects.Absorbed) != 0 && response is not null)
            layer.Statistics.RetransmissionsIn++;
        if ((effects & TransactionEffects.Retransmit) != 0 && transaction.Kept is { } kept)
        {
            layer.Statistics.RetransmissionsOut++;
            sink.Send(transaction.Flow, kept);
        }
        if ((effects & TransactionEffects.SendAck) != 0)
            Acknowledge(transaction, effects, response!);
        if ((effects & TransactionEffects.ReleaseMessage) != 0)
            transaction.Kept = null;
        if ((effects & TransactionEffects.Terminate) != 0)
            Forget(transaction);
        if ((effects & TransactionEffects.Deliver) != 0)
            layer.User.OnResponse(transaction, response!);
        if ((effects & (TransactionEffects.TimedOut | TransactionEffects.Failed)) != 0)
        {
            var timedOut = (effects & TransactionEffects.TimedOut) != 0;
            layer.Statistics.Timeouts += timedOut ? 1 : 0;
            layer.User.OnNoResponse(transaction, timedOut ? 408 : 503);
        }
        if ((effects & TransactionEffects.Terminate) != 0)
            layer.User.OnTerminated(transaction);
    }

    private void Acknowledge(ClientTransaction transaction, TransactionEffects effects, SipMessage response)
    {
        // The first failure turns the kept INVITE into the kept ACK; repeats send that again.
        if ((effects & TransactionEffects.Absorbed) == 0)
            transaction.Kept = AckWriter.Ack(transaction.Kept, response);
        sink.Send(transaction.Flow, transaction.Kept);
    }

    private void Remove(ClientTransaction transaction)
    {
        transaction.Core.Terminate(TransactionEffects.None);
        Forget(transaction);
        layer.User.OnTerminated(transaction);
    }

    private void Forget(ClientTransaction transaction)
    {
        wheel.Disarm(transaction);
        transaction.Kept = null;
        _all.Remove(transaction.Key);
        layer.Flows.Remove(transaction);
    }
}
