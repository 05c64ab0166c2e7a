namespace Webphone.Sip.Sessions;

/// <summary>Every way in which a session can end.</summary>
public enum SessionEnd : byte
{
    /// <summary>It has not.</summary>
    None,
    /// <summary>We hung up an established call.</summary>
    LocalBye,
    /// <summary>The other side hung up an established call.</summary>
    RemoteBye,
    /// <summary>We cancelled our INVITE.</summary>
    LocalCancel,
    /// <summary>The caller cancelled.</summary>
    RemoteCancel,
    /// <summary>We refused the INVITE.</summary>
    LocalReject,
    /// <summary>The callee refused; the status says how.</summary>
    RemoteReject,
    /// <summary>It rang for as long as it may.</summary>
    RingTimeout,
    /// <summary>No answer to the INVITE at all.</summary>
    NoResponse,
    /// <summary>No ACK for our 2xx.</summary>
    NoAck,
    /// <summary>No PRACK for a reliable provisional response.</summary>
    NoPrack,
    /// <summary>The session timer ran out, or its refresh got no answer.</summary>
    SessionExpired,
    /// <summary>The other side no longer knows the dialog (481).</summary>
    DialogLost,
    /// <summary>The transport failed.</summary>
    TransportFailed,
    /// <summary>The other side broke the protocol beyond repair: an answer without an offer, a 2xx without a usable Contact.</summary>
    ProtocolError,
}
