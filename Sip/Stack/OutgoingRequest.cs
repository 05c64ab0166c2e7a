namespace Webphone.Sip.Stack;

/// <summary>A request outside any dialog, or the INVITE of a new call. Addresses are header values without tag: <c>"Ann" &lt;sip:101@a.example&gt;</c>.</summary>
/// <param name="RequestUri">The Request-URI: for a registered phone its Contact.</param>
/// <param name="From">The From value, without tag.</param>
/// <param name="To">The To value, without tag.</param>
/// <param name="Payload">Further headers and the body. Route, P-Asserted-Identity, Authorization and the like go here.</param>
public readonly record struct OutgoingRequest(ReadOnlyMemory<byte> RequestUri, ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To, SipPayload Payload = default)
{
    /// <summary>The Call-ID; a new one unless given (a registration or a retry with credentials keeps its own).</summary>
    public byte[]? CallId { get; init; }

    /// <summary>The From tag; a new one unless given.</summary>
    public byte[]? FromTag { get; init; }

    /// <summary>The CSeq number; random unless given. A retry with credentials takes the next.</summary>
    public uint CSeq { get; init; }

    /// <summary>The call comes from a conference, and its Contact says so (RFC 4579 §4).</summary>
    public bool IsFocus { get; init; }

    /// <summary>The method's token, for a method that is not known by name.</summary>
    public ReadOnlyMemory<byte> Method { get; init; }
}
