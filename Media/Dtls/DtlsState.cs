namespace Webphone.Media.Dtls;

/// <summary>How far a DTLS association is.</summary>
public enum DtlsState : byte
{
    Handshaking,

    /// <summary>The handshake is done: keys can be taken once the peer's certificate is who the signalling named.</summary>
    Connected,

    /// <summary>The peer said that it closes.</summary>
    Closed,

    /// <summary>It broke; nothing comes of it any more.</summary>
    Failed,
}
