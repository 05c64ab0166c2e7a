using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>
/// Finds the transaction of every message, steps its machine and does what the machine asks for. Holds all transactions of one stack, bounded, and arms
/// their timers on the stack's wheel. Single-threaded.
/// </summary>
internal sealed class TransactionLayer(HashSeed seed, SipStackOptions options, TimerWheel wheel, ISipStackSink sink, SipIdentifiers identifiers)
{
    private readonly Dictionary<UInt128, ServerTransaction> _servers = [];
    private readonly Dictionary<UInt128, ClientTransaction> _clients = [];
    private readonly Dictionary<UInt128, ServerTransaction> _merged = [];
    private readonly Dictionary<long, HashSet<TimerNode>> _byConnection = [];
    internal SipStatistics Statistics;

    public ITransactionUser User { get; set; } = null!;

    public int ServerCount => _servers.Count;

    public int ClientCount => _clients.Count;

    /// <summary>Takes a request: absorbs a repeat, refuses what is merged or too much, passes the rest up.</summary>
    public void ReceiveRequest(SipMessage request, in SipFlow flow, long nowMs)
    {
        var key = TransactionKeys.Server(seed, request);
        if (_servers.TryGetValue(key, out var known))
        {
            Statistics.RetransmissionsIn++;
            Apply(known, known.Step(request.Method == SipMethod.Ack ? TransactionInput.Ack : TransactionInput.Request, nowMs), default, request);
            return;
        }
        if (request.Method == SipMethod.Ack)
        {
            User.OnAck(request, flow);
            return;
        }
        // What belongs to calls that are up goes on for as long again: a flood of new requests must not keep people from hanging up.
        var belongs = !request.ToTag.IsEmpty || request.Method == SipMethod.Cancel;
        if (_servers.Count >= options.MaxServerTransactions * (belongs ? 2L : 1L))
        {
            Statistics.Overloads++;
            RefuseStatelessly(request, flow, 503, "Retry-After: "u8, options.RetryAfterSeconds);
            return;
        }
        var merges = request.ToTag.IsEmpty && request.Method != SipMethod.Cancel;
        var mergeKey = merges ? TransactionKeys.Merged(seed, request) : default;
        if (merges && _merged.ContainsKey(mergeKey))
        {
            Statistics.Rejected++;
            RefuseStatelessly(request, flow, 482);
            return;
        }
        var transaction = new ServerTransaction(this, request, flow, key, options.Timers, identifiers.Tag());
        _servers.Add(key, transaction);
        Track(transaction, flow);
        if (merges)
        {
            transaction.MergeKey = mergeKey;
            _merged.Add(mergeKey, transaction);
        }
        Apply(transaction, transaction.Step(TransactionInput.Start, nowMs), default, request);
    }

    /// <summary>Takes a response; one that belongs to no transaction is counted and dropped.</summary>
    public void ReceiveResponse(SipMessage response, long nowMs)
    {
        if (!_clients.TryGetValue(TransactionKeys.Client(seed, response.Branch, response.CSeqMethodToken), out var transaction))
        {
            Statistics.Strays++;
            return;
        }
        Apply(transaction, transaction.Step(InputOf(response.StatusCode), nowMs), response);
    }

    /// <summary>Sends a request whose branch is given; null if there are too many already.</summary>
    public ClientTransaction? Send(
        SipMethod method, ReadOnlySpan<byte> token, ReadOnlySpan<byte> branch, in SipFlow flow, ReadOnlySpan<byte> message, long nowMs)
    {
        if (_clients.Count >= options.MaxClientTransactions)
        {
            Statistics.Overloads++;
            return null;
        }
        var transaction = new ClientTransaction(this, method, flow, TransactionKeys.Client(seed, branch, token), options.Timers);
        // A reliable transport repeats nothing, but an INVITE is still needed for its CANCEL and its ACK.
        transaction.Kept = !flow.IsReliable || method == SipMethod.Invite ? message.ToArray() : null;
        _clients.Add(transaction.Key, transaction);
        Track(transaction, flow);
        transaction.Step(TransactionInput.Start, nowMs);
        Statistics.RequestsOut++;
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

    /// <summary>Sends a response of the user's.</summary>
    public void Respond(ServerTransaction transaction, int status, ReadOnlySpan<byte> message, long nowMs) =>
        Apply(transaction, transaction.Step(InputOf(status), nowMs), message, null, status);

    /// <summary>Finds the INVITE that a CANCEL is for.</summary>
    public ServerTransaction? FindCancelled(SipMessage cancel) => _servers.GetValueOrDefault(TransactionKeys.Cancelled(seed, cancel));

    /// <summary>The transport says that a flow is gone.</summary>
    public void FlowFailed(in SipFlow flow, long nowMs)
    {
        Statistics.TransportFailures++;
        IEnumerable<TimerNode> failing = flow.Connection != 0 ? OnConnection(flow.Connection) : OnDatagramFlow(flow);
        foreach (var node in failing)
        {
            if (node is ClientTransaction client && client.State != TransactionState.Terminated)
                Apply(client, client.Step(TransactionInput.TransportError, nowMs), null);
            else if (node is ServerTransaction server && server.State != TransactionState.Terminated)
                Apply(server, server.Step(TransactionInput.TransportError, nowMs), default, null);
        }
    }

    /// <summary>A connection that closes must not cost a look at every transaction of the stack: those of a connection are kept together.</summary>
    private TimerNode[] OnConnection(long connection) => _byConnection.TryGetValue(connection, out var nodes) ? [.. nodes] : [];

    private List<TimerNode> OnDatagramFlow(SipFlow flow)
    {
        var nodes = new List<TimerNode>();
        nodes.AddRange(_clients.Values.Where(client => client.Flow == flow));
        nodes.AddRange(_servers.Values.Where(server => server.Flow == flow));
        return nodes;
    }

    private void Track(TimerNode node, in SipFlow flow)
    {
        if (flow.Connection == 0)
            return;
        if (!_byConnection.TryGetValue(flow.Connection, out var nodes))
            _byConnection.Add(flow.Connection, nodes = []);
        nodes.Add(node);
    }

    private void Untrack(TimerNode node, in SipFlow flow)
    {
        if (flow.Connection == 0 || !_byConnection.TryGetValue(flow.Connection, out var nodes))
            return;
        nodes.Remove(node);
        if (nodes.Count == 0)
            _byConnection.Remove(flow.Connection);
    }

    internal void OnDue(ClientTransaction transaction, long nowMs)
    {
        if (transaction.Core.DueInput(nowMs) is { } input)
            Apply(transaction, transaction.Step(input, nowMs), null);
        else
            wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
    }

    internal void OnDue(ServerTransaction transaction, long nowMs)
    {
        if (transaction.Core.DueInput(nowMs) is { } input)
            Apply(transaction, transaction.Step(input, nowMs), default, null);
        else
            wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
    }

    private static TransactionInput InputOf(int status) => status switch
    {
        < 200 => TransactionInput.Provisional,
        < 300 => TransactionInput.Success,
        _ => TransactionInput.Failure,
    };

    private void Apply(ServerTransaction transaction, TransactionEffects effects, ReadOnlySpan<byte> message, SipMessage? received, int status = 0)
    {
        wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
        if ((effects & TransactionEffects.Retransmit) != 0 && transaction.Kept is { } kept)
        {
            Statistics.RetransmissionsOut++;
            sink.Send(transaction.Flow, kept);
        }
        if ((effects & TransactionEffects.SendResponse) != 0)
        {
            Statistics.ResponsesOut++;
            transaction.Kept = transaction.Core.Reliable ? null : message.ToArray();
            if (status >= 200)
                transaction.ReleaseRequest();
            // A challenged request comes again as a new one, from some phones with the same CSeq.
            if (status is 401 or 407)
                Unmerge(transaction);
            sink.Send(transaction.Flow, message);
        }
        if ((effects & TransactionEffects.SendTrying) != 0)
            SendTrying(transaction);
        if ((effects & TransactionEffects.ReleaseMessage) != 0)
            transaction.Kept = null;
        if ((effects & TransactionEffects.Terminate) != 0)
            Remove(transaction);
        if ((effects & TransactionEffects.Deliver) != 0)
            Deliver(transaction, received!);
        if ((effects & (TransactionEffects.TimedOut | TransactionEffects.Failed)) != 0)
        {
            Statistics.Timeouts += (effects & TransactionEffects.TimedOut) != 0 ? 1 : 0;
            User.OnServerFailed(transaction);
        }
    }

    /// <summary>Sends 100 Trying; the machine has taken note of it.</summary>
    private void SendTrying(ServerTransaction transaction)
    {
        var writer = new SipWriter(1024);
        try
        {
            SipResponse.Begin(ref writer, transaction.Request, 100);
            writer.NoBody();
            transaction.Kept = transaction.Core.Reliable ? null : writer.ToArray();
            Statistics.ResponsesOut++;
            sink.Send(transaction.Flow, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private void Deliver(ServerTransaction transaction, SipMessage received)
    {
        if (received.Method == SipMethod.Ack)
            User.OnAck(received, transaction.Flow);
        else
            User.OnRequest(transaction);
    }

    private void Apply(ClientTransaction transaction, TransactionEffects effects, SipMessage? response)
    {
        wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
        if ((effects & TransactionEffects.Absorbed) != 0 && response is not null)
            Statistics.RetransmissionsIn++;
        if ((effects & TransactionEffects.Retransmit) != 0 && transaction.Kept is { } kept)
        {
            Statistics.RetransmissionsOut++;
            sink.Send(transaction.Flow, kept);
        }
        if ((effects & TransactionEffects.SendAck) != 0)
            Acknowledge(transaction, effects, response!);
        if ((effects & TransactionEffects.ReleaseMessage) != 0)
            transaction.Kept = null;
        if ((effects & TransactionEffects.Terminate) != 0)
            Forget(transaction);
        if ((effects & TransactionEffects.Deliver) != 0)
            User.OnResponse(transaction, response!);
        if ((effects & (TransactionEffects.TimedOut | TransactionEffects.Failed)) != 0)
        {
            var timedOut = (effects & TransactionEffects.TimedOut) != 0;
            Statistics.Timeouts += timedOut ? 1 : 0;
            User.OnNoResponse(transaction, timedOut ? 408 : 503);
        }
        if ((effects & TransactionEffects.Terminate) != 0)
            User.OnTerminated(transaction);
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
        User.OnTerminated(transaction);
    }

    private void Forget(ClientTransaction transaction)
    {
        wheel.Disarm(transaction);
        transaction.Kept = null;
        _clients.Remove(transaction.Key);
        Untrack(transaction, transaction.Flow);
    }

    private void Remove(ServerTransaction transaction)
    {
        wheel.Disarm(transaction);
        transaction.ReleaseRequest();
        _servers.Remove(transaction.Key);
        Untrack(transaction, transaction.Flow);
        Unmerge(transaction);
    }

    private void Unmerge(ServerTransaction transaction)
    {
        if (transaction.MergeKey != default)
            _merged.Remove(transaction.MergeKey);
        transaction.MergeKey = default;
    }

    private void RefuseStatelessly(SipMessage request, in SipFlow flow, int status, ReadOnlySpan<byte> header = default, int value = 0)
    {
        var writer = new SipWriter(1024);
        try
        {
            SipResponse.Begin(ref writer, request, status, "stateless"u8);
            if (!header.IsEmpty)
            {
                writer.Raw(header);
                writer.Number((uint)value);
                writer.EndLine();
            }
            writer.NoBody();
            Statistics.ResponsesOut++;
            sink.Send(flow, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
