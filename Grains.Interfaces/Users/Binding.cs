using System.Collections.Immutable;

namespace Webphone.Grains.Users;

/// <summary>One SIP device of a user: a contact and the flow it registered over (RFC 3261 §10, RFC 5626).</summary>
/// <param name="Id">Stable name of the device within the user: by +sip.instance and reg-id where given, else by the contact.</param>
/// <param name="Contact">The contact URI as registered.</param>
/// <param name="Node">The node whose edge holds the flow.</param>
/// <param name="Flow">The edge's own text for the flow: transport, local listener and remote address, enough to reach a UDP phone after a restart.</param>
/// <param name="Path">Path values (RFC 3327) in order, usually empty.</param>
/// <param name="CallId">Call-ID of the registration, for the ordering rule.</param>
/// <param name="CSeq">CSeq of the last registration.</param>
/// <param name="Granted">The time that was granted.</param>
/// <param name="ExpiresAt">When it ends unless refreshed.</param>
/// <param name="UserAgent">What the phone calls itself; empty when it does not say.</param>
/// <param name="Instance">The phone, where it registers by several flows (RFC 5626: +sip.instance beside reg-id): of its bindings one is rung at a time. Empty when it does not.</param>
[GenerateSerializer, Immutable]
public sealed record Binding(
    string Id,
    string Contact,
    string Node,
    string Flow,
    ImmutableArray<string> Path,
    string CallId,
    long CSeq,
    TimeSpan Granted,
    DateTimeOffset ExpiresAt,
    string UserAgent,
    string Instance = "");
