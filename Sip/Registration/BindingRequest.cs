namespace Webphone.Sip.Registration;

/// <summary>One Contact of a REGISTER, as it asks to be bound.</summary>
/// <param name="Uri">The contact URI, as it came.</param>
/// <param name="ExpiresSeconds">How long, after the rules for its default; 0 removes it.</param>
/// <param name="QThousandths">Its preference, 0 to 1000.</param>
/// <param name="Instance">+sip.instance (RFC 5626), or empty.</param>
/// <param name="RegId">reg-id (RFC 5626), or 0.</param>
public sealed record BindingRequest(string Uri, int ExpiresSeconds, int QThousandths, string Instance, int RegId);
