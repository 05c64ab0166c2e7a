namespace Webphone.Sip.Sdp;

/// <summary>Which way media flows, seen from the side that wrote it (RFC 8866 §6.7).</summary>
public enum SdpDirection : byte
{
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}
