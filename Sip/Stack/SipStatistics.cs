namespace Webphone.Sip.Stack;

/// <summary>What a stack has counted since it was made.</summary>
public struct SipStatistics
{
    public long RequestsIn;
    public long ResponsesIn;
    public long RequestsOut;
    public long ResponsesOut;
    /// <summary>Requests and responses that had been received before.</summary>
    public long RetransmissionsIn;
    public long RetransmissionsOut;
    /// <summary>Client transactions that got no answer, and server transactions that got no ACK.</summary>
    public long Timeouts;
    /// <summary>Responses and ACKs that belong to nothing.</summary>
    public long Strays;
    /// <summary>Requests that the stack refused by itself: 405, 416, 420, 481, 482, 483, 500.</summary>
    public long Rejected;
    /// <summary>Requests refused with 503 because of a bound.</summary>
    public long Overloads;
    public long TransportFailures;
}
