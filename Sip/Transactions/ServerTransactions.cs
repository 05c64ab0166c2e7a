using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>
/// The requests that we answer: finds the transaction of each, steps its machine and does what the machine asks for. Bounded; the timers are on the
/// stack's wheel.
/// </summary>
internal sealed class ServerTransactions(
    TransactionLayer layer, HashSeed seed, SipStackOptions options, TimerWheel wheel, ISipStackSink sink, SipIdentifiers identifiers)
{
    private readonly Dictionary<UInt128, ServerTransaction> _all = [];
    private readonly Dictionary<UInt128, ServerTransaction> _merged = [];

    public int Count => _all.Count;

    /// <summary>Takes a request: absorbs a repeat, refuses what is merged or too much, passes the rest up.</summary>
    public void Receive(SipMessage request, in SipFlow flow, long nowMs)
    {
        var key = TransactionKeys.Server(seed, request);
        if (_all.TryGetValue(key, out var known))
        {
            layer.Statistics.RetransmissionsIn++;
            Apply(known, known.Step(request.Method == SipMethod.Ack ? TransactionInput.Ack : TransactionInput.Request, nowMs), default, request);
            return;
        }
        if (request.Method == SipMethod.Ack)
        {
            layer.User.OnAck(request, flow);
            return;
        }
        // What belongs to calls that are up goes on for as long again: a flood of new requests must not keep people from hanging up.
        var belongs = !request.ToTag.IsEmpty || request.Method == SipMethod.Cancel;
        if (_all.Count >= options.MaxServerTransactions * (belongs ? 2L : 1L))
        {
            layer.Statistics.Overloads++;
            RefuseStatelessly(request, flow, 503, "Retry-After: "u8, options.RetryAfterSeconds);
            return;
        }
        var merges = request.ToTag.IsEmpty && request.Method != SipMethod.Cancel;
        var mergeKey = merges ? TransactionKeys.Merged(seed, request) : default;
        if (merges && _merged.ContainsKey(mergeKey))
        {
            layer.Statistics.Rejected++;
            RefuseStatelessly(request, flow, 482);
            return;
        }
        var transaction = new ServerTransaction(this, request, flow, key, options.Timers, identifiers.Tag());
        _all.Add(key, transaction);
        layer.Flows.Add(transaction);
        if (merges)
        {
            transaction.MergeKey = mergeKey;
            _merged.Add(mergeKey, transaction);
        }
        Apply(transaction, transaction.Step(TransactionInput.Start, nowMs), default, request);
    }

    /// <summary>Sends a response of the user's.</summary>
    public void Respond(ServerTransaction transaction, int status, ReadOnlySpan<byte> message, long nowMs) =>
        Apply(transaction, transaction.Step(TransactionLayer.InputOf(status), nowMs), message, null, status);

    /// <summary>Finds the INVITE that a CANCEL is for.</summary>
    public ServerTransaction? FindCancelled(SipMessage cancel) => _all.GetValueOrDefault(TransactionKeys.Cancelled(seed, cancel));

    /// <summary>
    /// Its flow is gone. What still waits for its answer gets that over a connection to where the sender says that it listens
    /// (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-18.2.2">RFC 3261 §18.2.2</see>), if one can be had; else the transaction ends.
    /// </summary>
    public void FlowFailed(ServerTransaction transaction, long nowMs)
    {
        if (transaction.State == TransactionState.Terminated)
            return;
        if (!TryReroute(transaction))
            Apply(transaction, transaction.Step(TransactionInput.TransportError, nowMs), default, null);
    }

    internal void OnDue(ServerTransaction transaction, long nowMs)
    {
        if (transaction.Core.DueInput(nowMs) is { } input)
            Apply(transaction, transaction.Step(input, nowMs), default, null);
        else
            wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
    }

    private bool TryReroute(ServerTransaction transaction)
    {
        if (transaction.IsAnswered || transaction.IsRerouted || !ReturnPath.TryFallback(transaction.Request, transaction.Flow, out var listening)
            || !sink.TryOpen(listening, out var opened))
            return false;
        layer.Flows.Remove(transaction);
        transaction.IsRerouted = true;
        transaction.Flow = transaction.Return = opened;
        layer.Flows.Add(transaction);
        layer.User.OnRerouted(transaction);
        return true;
    }

    private void Apply(ServerTransaction transaction, TransactionEffects effects, ReadOnlySpan<byte> message, SipMessage? received, int status = 0)
    {
        wheel.Arm(transaction, transaction.Core.NextDeadlineMs);
        if ((effects & TransactionEffects.Retransmit) != 0 && transaction.Kept is { } kept)
        {
            layer.Statistics.RetransmissionsOut++;
            sink.Send(transaction.Return, kept);
        }
        if ((effects & TransactionEffects.SendResponse) != 0)
        {
            layer.Statistics.ResponsesOut++;
            transaction.Kept = transaction.Core.Reliable ? null : message.ToArray();
            if (status >= 200)
                transaction.ReleaseRequest();
            // A challenged request comes again as a new one, from some phones with the same CSeq.
            if (status is 401 or 407)
                Unmerge(transaction);
            sink.Send(transaction.Return, message);
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
            layer.Statistics.Timeouts += (effects & TransactionEffects.TimedOut) != 0 ? 1 : 0;
            layer.User.OnServerFailed(transaction);
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
            layer.Statistics.ResponsesOut++;
            sink.Send(transaction.Return, writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private void Deliver(ServerTransaction transaction, SipMessage received)
    {
        if (received.Method == SipMethod.Ack)
            layer.User.OnAck(received, transaction.Flow);
        else
            layer.User.OnRequest(transaction);
    }

    private void Remove(ServerTransaction transaction)
    {
        wheel.Disarm(transaction);
        transaction.ReleaseRequest();
        _all.Remove(transaction.Key);
        layer.Flows.Remove(transaction);
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
            layer.Statistics.ResponsesOut++;
            sink.Send(ReturnPath.Of(request, flow), writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
