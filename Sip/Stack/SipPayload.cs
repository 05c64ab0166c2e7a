namespace Webphone.Sip.Stack;

/// <summary>
/// What the user adds to a message: header lines and a body. Both are copied when the message is written.
/// </summary>
/// <param name="Headers">Whole header lines, each ended by CRLF; <see cref="HeaderLines"/> makes them safely. Empty for none.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="ContentType">The value of Content-Type; empty means application/sdp when there is a body.</param>
public readonly record struct SipPayload(
    ReadOnlyMemory<byte> Headers = default, ReadOnlyMemory<byte> Body = default, ReadOnlyMemory<byte> ContentType = default)
{
    /// <summary>A session description and no more.</summary>
    public static SipPayload Sdp(ReadOnlyMemory<byte> body) => new(default, body);
}
