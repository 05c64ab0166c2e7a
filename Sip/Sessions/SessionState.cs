namespace Webphone.Sip.Sessions;

/// <summary>Where an INVITE session stands; the figure is at <see cref="CallMachine"/>.</summary>
public enum SessionState : byte
{
    /// <summary>UAC: the INVITE is out, nothing came back. UAS: the INVITE is in, nothing was answered.</summary>
    Initial,
    /// <summary>A provisional response was received or sent.</summary>
    Early,
    /// <summary>UAC: cancelled by the user before any provisional response, which a CANCEL has to wait for.</summary>
    CancelPending,
    /// <summary>UAC: the CANCEL is out, the final response is not in.</summary>
    Cancelling,
    /// <summary>UAS: the 2xx is out and repeated until the ACK comes.</summary>
    AwaitingAck,
    /// <summary>UAS: hung up by the user before the ACK, which a BYE has to wait for.</summary>
    HangupPending,
    /// <summary>The call is up.</summary>
    Established,
    /// <summary>The BYE is out, its answer is not in.</summary>
    Ending,
    /// <summary>Over. Repeats are still answered for as long as the transactions live.</summary>
    Ended,
}
