using Webphone.Sip.Messages;

namespace Webphone.Sip.Framing;

/// <summary>What <see cref="SipStreamFramer"/> found.</summary>
/// <param name="Start">Where the message starts in the buffer.</param>
/// <param name="Length">Length of the message; of a malformed one the length of its head if that is complete, so that it can be parsed and answered.</param>
/// <param name="Consumed">Bytes to drop from the front of the buffer.</param>
public readonly record struct SipFrame(SipFrameKind Kind, int Start, int Length, int Consumed, SipParseError Error = default);
