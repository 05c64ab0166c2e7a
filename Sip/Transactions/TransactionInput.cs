namespace Webphone.Sip.Transactions;

/// <summary>Everything that can happen to a transaction. Each machine has a line for each of these in each of its states.</summary>
public enum TransactionInput : byte
{
    /// <summary>The user hands over the request (client) or the request arrived (server).</summary>
    Start,
    /// <summary>A 1xx: received by a client, sent by the user of a server.</summary>
    Provisional,
    /// <summary>A 2xx: received by a client, sent by the user of a server.</summary>
    Success,
    /// <summary>A 3xx to 6xx: received by a client, sent by the user of a server.</summary>
    Failure,
    /// <summary>A server receives its request again.</summary>
    Request,
    /// <summary>An INVITE server receives an ACK that matches it.</summary>
    Ack,
    /// <summary>The retransmission timer (A, E or G) is due.</summary>
    RetransmitDue,
    /// <summary>The timer that ends the state (B, D, F, H, I, J, K, L or M) is due.</summary>
    EndDue,
    /// <summary>An INVITE server's user has been silent for 200 ms.</summary>
    TryingDue,
    /// <summary>The transport could not send.</summary>
    TransportError,
}
