namespace Webphone.Sip.Transactions;

/// <summary>The states of the four machines of RFC 3261 §17 with RFC 6026. A machine uses those that its figure shows.</summary>
public enum TransactionState : byte
{
    /// <summary>Made, but not started.</summary>
    Idle,
    Calling,
    Trying,
    Proceeding,
    Completed,
    Confirmed,
    /// <summary>RFC 6026: a 2xx passed; repeats are still matched.</summary>
    Accepted,
    Terminated,
}
