namespace Webphone.Media.Dtls;

/// <summary>Who begins a DTLS handshake (a=setup of RFC 5763 section 5).</summary>
public enum DtlsRole : byte
{
    /// <summary>Passive: waits for the peer's hello.</summary>
    Server,

    /// <summary>Active: sends it.</summary>
    Client,
}
