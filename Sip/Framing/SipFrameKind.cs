namespace Webphone.Sip.Framing;

/// <summary>What stands at the front of a stream's buffer.</summary>
public enum SipFrameKind : byte
{
    /// <summary>Not enough bytes yet to say; nothing is wrong.</summary>
    NeedMore,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>CRLF CRLF: a keep-alive that wants a CRLF back (RFC 5626 §4.4.1).</summary>
    Ping,

    /// <summary>CRLF: the answer to our ping.</summary>
    Pong,

    /// <summary>The stream cannot be followed any further: answer if a head is given, then close.</summary>
    Malformed,
}
