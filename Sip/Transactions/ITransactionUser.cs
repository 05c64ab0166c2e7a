using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Transactions;

/// <summary>What the transaction layer tells the layer above it.</summary>
internal interface ITransactionUser
{
    /// <summary>A new request, CANCEL included, ACK not.</summary>
    void OnRequest(ServerTransaction transaction);

    /// <summary>An ACK that belongs to no failed INVITE: that of a 2xx.</summary>
    void OnAck(SipMessage ack, in SipFlow flow);

    /// <summary>A response that its transaction passes on.</summary>
    void OnResponse(ClientTransaction transaction, SipMessage response);

    /// <summary>No response came (408), or the transport failed (503).</summary>
    void OnNoResponse(ClientTransaction transaction, int status);

    /// <summary>The transaction is over; nothing more comes from it.</summary>
    void OnTerminated(ClientTransaction transaction);

    /// <summary>The flow of a request that waits for its answer was gone, and it has another now.</summary>
    void OnRerouted(ServerTransaction transaction);

    /// <summary>A server transaction ended without getting its answer or its ACK through.</summary>
    void OnServerFailed(ServerTransaction transaction);
}
