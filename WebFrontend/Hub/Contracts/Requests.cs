using Webphone.Grains.Browsers;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <param name="SessionId">One browser profile: made by the client (32 hexadecimal digits, random), kept in its storage, shared by its tabs.</param>
/// <param name="TabId">One tab: made by the client in the same way, kept for the life of the tab, over reloads.</param>
/// <param name="TakePhone">Take the phone if no other tab that is here holds it.</param>
/// <param name="LastVersion">Version of the last snapshot that the tab has, 0 without one.</param>
/// <param name="ClientVersion">Build of the client.</param>
public sealed record AttachRequest(string SessionId, string TabId, bool TakePhone, long LastVersion, string ClientVersion);

/// <param name="Leg">The leg's id: made by the client (32 hexadecimal digits, random). Repeating it makes no second call.</param>
/// <param name="Number">What was dialled.</param>
/// <param name="Offer">The session description of the browser, complete or with candidates to come (the server needs none of them).</param>
/// <param name="CallerId">Which of the user's numbers to show; null for the default.</param>
/// <param name="Consults">
/// A leg of this session when the call asks the target of a transfer first: that leg holds from now on, and takes its far side back when this call ends
/// without a transfer. Null for any other call.
/// </param>
public sealed record DialRequest(string Leg, string Number, string Offer, string? CallerId, string? Consults = null);

/// <summary>Sends the far side of a leg elsewhere. Repeating it asks for nothing new, and tells again how it stands.</summary>
/// <param name="RequestId">Names the transfer: made by the client (32 hexadecimal digits, random).</param>
/// <param name="Leg">The leg of this session whose far side goes.</param>
/// <param name="Target">What to dial for them; null in an attended transfer.</param>
/// <param name="Consultation">Another leg of this session, whose far side they are to talk to, rings it or talks it; null in a blind transfer.</param>
public sealed record TransferOrder(string RequestId, string Leg, string? Target, string? Consultation);

/// <summary>What became of an offer.</summary>
/// <param name="Answer">The server's session description when it was taken.</param>
/// <param name="Refusal">Why it was not.</param>
public sealed record OfferResult(bool Ok, string? Answer, OfferRefusal? Refusal);
