using System.Text;

namespace Webphone.Sip.Messages;

/// <summary>The transport named in a Via or in a URI's transport parameter.</summary>
public enum SipTransport : byte
{
    /// <summary>None named, or one that we do not speak; the bytes are kept where it stood.</summary>
    Unknown,
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
    Sctp,
    TlsSctp,
}

/// <summary>Tokens and properties of the transports.</summary>
public static class SipTransports
{
    public static SipTransport Parse(ReadOnlySpan<byte> token) => token.Length switch
    {
        2 when Ascii.EqualsIgnoreCase(token, "WS"u8) => SipTransport.Ws,
        3 when Ascii.EqualsIgnoreCase(token, "UDP"u8) => SipTransport.Udp,
        3 when Ascii.EqualsIgnoreCase(token, "TCP"u8) => SipTransport.Tcp,
        3 when Ascii.EqualsIgnoreCase(token, "TLS"u8) => SipTransport.Tls,
        3 when Ascii.EqualsIgnoreCase(token, "WSS"u8) => SipTransport.Wss,
        4 when Ascii.EqualsIgnoreCase(token, "SCTP"u8) => SipTransport.Sctp,
        8 when Ascii.EqualsIgnoreCase(token, "TLS-SCTP"u8) => SipTransport.TlsSctp,
        _ => SipTransport.Unknown,
    };

    public static ReadOnlySpan<byte> Token(this SipTransport transport) => transport switch
    {
        SipTransport.Udp => "UDP"u8,
        SipTransport.Tcp => "TCP"u8,
        SipTransport.Tls => "TLS"u8,
        SipTransport.Ws => "WS"u8,
        SipTransport.Wss => "WSS"u8,
        SipTransport.Sctp => "SCTP"u8,
        SipTransport.TlsSctp => "TLS-SCTP"u8,
        _ => default,
    };

    /// <summary>True where the transport itself delivers or fails (no retransmission, RFC 3261 §17).</summary>
    public static bool IsReliable(this SipTransport transport) => transport is not (SipTransport.Udp or SipTransport.Unknown);

    /// <summary>5061 for TLS, 443 and 80 for WebSocket (RFC 7118 §5.2), else 5060.</summary>
    public static int DefaultPort(this SipTransport transport) => transport switch
    {
        SipTransport.Tls or SipTransport.TlsSctp => 5061,
        SipTransport.Ws => 80,
        SipTransport.Wss => 443,
        _ => 5060,
    };
}
