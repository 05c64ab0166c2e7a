using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>All transactions of one stack: those that we answer, those that we wait in, what they count, and the flows that they go by. Single-threaded.</summary>
internal sealed class TransactionLayer
{
    internal readonly FlowIndex Flows = new();
    internal SipStatistics Statistics;

    public TransactionLayer(HashSeed seed, SipStackOptions options, TimerWheel wheel, ISipStackSink sink, SipIdentifiers identifiers)
    {
        Servers = new ServerTransactions(this, seed, options, wheel, sink, identifiers);
        Clients = new ClientTransactions(this, seed, options, wheel, sink);
    }

    public ITransactionUser User { get; set; } = null!;

    public ServerTransactions Servers { get; }

    public ClientTransactions Clients { get; }

    /// <summary>The transport says that a flow is gone.</summary>
    public void FlowFailed(in SipFlow flow, long nowMs)
    {
        Statistics.TransportFailures++;
        foreach (var node in Flows.On(flow))
        {
            if (node is ClientTransaction client)
                Clients.FlowFailed(client, nowMs);
            else if (node is ServerTransaction server)
                Servers.FlowFailed(server, nowMs);
        }
    }

    internal static TransactionInput InputOf(int status) => status switch
    {
        < 200 => TransactionInput.Provisional,
        < 300 => TransactionInput.Success,
        _ => TransactionInput.Failure,
    };
}
