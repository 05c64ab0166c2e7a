namespace Webphone.Sip.Sdp;

/// <summary>o= (RFC 8866 §5.2). The version grows by one with each change of the description (RFC 3264 §8).</summary>
public sealed record SdpOrigin(string UserName, ulong SessionId, ulong Version, SdpConnection Address);
