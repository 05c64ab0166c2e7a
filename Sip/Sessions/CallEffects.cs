namespace Webphone.Sip.Sessions;

/// <summary>What a step of the call machine asks its session to do, in the order of the members.</summary>
[Flags]
public enum CallEffects : ushort
{
    None = 0,
    /// <summary>UAS: send the 1xx that the user gave.</summary>
    SendProvisional = 1 << 0,
    /// <summary>UAS: send the 2xx that the user gave, and repeat it until the ACK.</summary>
    SendSuccess = 1 << 1,
    /// <summary>UAS: send the failure that the user gave.</summary>
    SendFailure = 1 << 2,
    /// <summary>UAS: answer the INVITE with 487 Request Terminated.</summary>
    SendTerminated = 1 << 3,
    /// <summary>UAS: answer the INVITE with 480 Temporarily Unavailable.</summary>
    SendUnavailable = 1 << 4,
    /// <summary>UAC: send the ACK for a 2xx, or repeat it.</summary>
    SendAck = 1 << 5,
    /// <summary>UAC: send a CANCEL.</summary>
    SendCancel = 1 << 6,
    /// <summary>Send a BYE.</summary>
    SendBye = 1 << 7,
    /// <summary>Stop repeating the 2xx.</summary>
    StopSuccess = 1 << 8,
    /// <summary>Tell the user that the other side rings or reports progress.</summary>
    TellProgress = 1 << 9,
    /// <summary>Tell the user that the call is up: answered (UAC) or acknowledged (UAS).</summary>
    TellEstablished = 1 << 10,
    /// <summary>Tell the user that the call is over.</summary>
    TellEnded = 1 << 11,
    /// <summary>The input has no meaning in this state.</summary>
    Ignored = 1 << 12,
}
