namespace Webphone.Sip.Sessions;

/// <summary>What can happen to a call. The names that start with a verb are the user's own doing.</summary>
public enum CallInput : byte
{
    /// <summary>UAC: a 1xx came. UAS: the user sends a 1xx.</summary>
    Provisional,
    /// <summary>UAC: a 2xx came.</summary>
    Success,
    /// <summary>UAC: a 3xx to 6xx came, or no answer at all, or the transport failed.</summary>
    Failure,
    /// <summary>UAS: the user answers.</summary>
    Accept,
    /// <summary>UAS: the user refuses with a 3xx to 6xx.</summary>
    Reject,
    /// <summary>The user hangs up, whatever the state.</summary>
    Hangup,
    /// <summary>UAS: a CANCEL came for the INVITE.</summary>
    Cancel,
    /// <summary>UAS: the ACK for the 2xx came.</summary>
    Ack,
    /// <summary>UAS: 64*T1 passed without an ACK for the 2xx.</summary>
    AckTimeout,
    /// <summary>A BYE came.</summary>
    Bye,
    /// <summary>The BYE was answered, timed out or could not be sent.</summary>
    ByeDone,
    /// <summary>UAC: 64*T1 passed since the CANCEL without a final response.</summary>
    CancelTimeout,
    /// <summary>The call has been ringing for as long as it may.</summary>
    RingTimeout,
    /// <summary>The dialog is gone at the other side (a 481 or 408 to a request in it), or its session timer ran out.</summary>
    Lost,
}
