using Webphone.Sip.Stack;

namespace Webphone.Sip.Sessions;

/// <summary>What the user gives for the message that a step sends.</summary>
internal readonly record struct Outgoing(int Status, SipPayload Payload);
