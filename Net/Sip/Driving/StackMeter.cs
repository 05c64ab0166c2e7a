using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip.Driving;

/// <summary>Shows what the stacks count through the meter <c>Webphone.Net</c>. Numbers of a shard that is at work are read as they are.</summary>
internal sealed class StackMeter : IDisposable
{
    private readonly Meter _meter = new(TransportCounters.MeterName);
    private readonly ImmutableArray<SipShard> _shards;

    public StackMeter(ImmutableArray<SipShard> shards)
    {
        _shards = shards;
        Count("webphone.sip.requests.in", "{request}", "Requests received, repeats included", static s => s.RequestsIn);
        Count("webphone.sip.requests.out", "{request}", "Requests sent", static s => s.RequestsOut);
        Count("webphone.sip.responses.in", "{response}", "Responses received", static s => s.ResponsesIn);
        Count("webphone.sip.responses.out", "{response}", "Responses sent", static s => s.ResponsesOut);
        Count("webphone.sip.retransmissions.in", "{message}", "Messages that had been received before", static s => s.RetransmissionsIn);
        Count("webphone.sip.retransmissions.out", "{message}", "Messages that were sent again", static s => s.RetransmissionsOut);
        Count("webphone.sip.timeouts", "{transaction}", "Transactions without an answer or an ACK", static s => s.Timeouts);
        Count("webphone.sip.strays", "{message}", "Responses and ACKs that belong to nothing", static s => s.Strays);
        Count("webphone.sip.rejected", "{request}", "Requests that the stack refused by itself", static s => s.Rejected);
        Count("webphone.sip.overloads", "{request}", "Requests refused with 503 because of a bound", static s => s.Overloads);
        Gauge("webphone.sip.transactions", "{transaction}", "Transactions alive", static stack => stack.TransactionCount);
        Gauge("webphone.sip.dialogs", "{dialog}", "Dialogs alive", static stack => stack.DialogCount);
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string name, string unit, string description, Func<SipStatistics, long> read) =>
        _meter.CreateObservableCounter(name, () => _shards.Sum(shard => read(shard.Stack.Statistics)), unit, description);

    private void Gauge(string name, string unit, string description, Func<SipStack, int> read) =>
        _meter.CreateObservableGauge(name, () => _shards.Sum(shard => read(shard.Stack)), unit, description);
}
