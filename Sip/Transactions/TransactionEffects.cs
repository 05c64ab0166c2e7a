namespace Webphone.Sip.Transactions;

/// <summary>What a step of a transaction machine asks its layer to do, in the order of the members.</summary>
[Flags]
public enum TransactionEffects : ushort
{
    None = 0,
    /// <summary>Send the request, for the first time.</summary>
    SendRequest = 1 << 0,
    /// <summary>Send the kept message once more.</summary>
    Retransmit = 1 << 1,
    /// <summary>Send the response that the user gave, and keep it.</summary>
    SendResponse = 1 << 2,
    /// <summary>Send a 100 Trying of the layer's own making, and keep it.</summary>
    SendTrying = 1 << 3,
    /// <summary>Send (or repeat) the ACK for the 3xx to 6xx that was received.</summary>
    SendAck = 1 << 4,
    /// <summary>Hand the message that was received to the user.</summary>
    Deliver = 1 << 5,
    /// <summary>Nothing more will be retransmitted: the kept bytes can go.</summary>
    ReleaseMessage = 1 << 6,
    /// <summary>Tell the user that no answer (client) or no ACK (server) came.</summary>
    TimedOut = 1 << 7,
    /// <summary>Tell the user that the transport failed.</summary>
    Failed = 1 << 8,
    /// <summary>The machine has ended: forget it.</summary>
    Terminate = 1 << 9,
    /// <summary>The input was a repeat, or has no meaning in this state, and was absorbed.</summary>
    Absorbed = 1 << 10,
}
