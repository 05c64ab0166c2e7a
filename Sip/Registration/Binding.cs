using Webphone.Sip.Stack;

namespace Webphone.Sip.Registration;

/// <summary>
/// One place where an address of record can be reached (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-10.3">RFC 3261 §10.3</see>).
/// </summary>
/// <param name="Uri">The contact URI.</param>
/// <param name="CallId">The Call-ID of the REGISTER that made it.</param>
/// <param name="CSeq">The CSeq of that REGISTER; an older one of the same Call-ID changes nothing.</param>
/// <param name="ExpiresAtMs">When it ends.</param>
/// <param name="QThousandths">Its preference, 0 to 1000.</param>
/// <param name="Instance">+sip.instance (RFC 5626), or empty.</param>
/// <param name="RegId">reg-id (RFC 5626), or 0.</param>
/// <param name="Path">The Path values that requests to it take as Route (RFC 3327), in their order.</param>
/// <param name="Flow">The flow that it registered by.</param>
/// <param name="UserAgent">What the device calls itself, or empty.</param>
public sealed record Binding(
    string Uri,
    string CallId,
    uint CSeq,
    long ExpiresAtMs,
    int QThousandths,
    string Instance,
    int RegId,
    IReadOnlyList<string> Path,
    SipFlow Flow,
    string UserAgent)
{
    /// <summary>Whether a contact asks for this binding: the same instance and reg-id where it has them (RFC 5626 §6), else the same URI.</summary>
    public bool Matches(BindingRequest request) => request.Instance.Length > 0 && request.RegId > 0
        ? Instance == request.Instance && RegId == request.RegId
        : string.Equals(Uri, request.Uri, StringComparison.Ordinal);
}
