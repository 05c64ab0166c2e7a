using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Recordings;

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

/// <summary>
/// Moves somebody. Send: the far side of a leg goes to a number, a room (999XX, *38), a slot (*68 for any) or the far side of the consultation; in a room the
/// target is called in. Merge: the call becomes a conference, or is one, and the far side of the consultation comes in, or the target is called in. Switch: this user goes on with
/// another of their devices. Repeating it asks for nothing new, and tells again how it stands.
/// </summary>
/// <param name="RequestId">Names the move: made by the client (32 hexadecimal digits, random).</param>
/// <param name="Leg">A leg of this session.</param>
/// <param name="Target">What to dial, or the device to switch to; null where the consultation says it, and to begin a conference with one call.</param>
/// <param name="Consultation">Another leg of this session; null where there is none.</param>
public sealed record TransferOrder(string RequestId, string Leg, MoveKind Kind, string? Target, string? Consultation);

/// <summary>What became of a wish to record; none when it was done.</summary>
public sealed record RecordingResult(RecordingRefusal Refusal);

/// <summary>What became of an offer.</summary>
/// <param name="Answer">The server's session description when it was taken.</param>
/// <param name="Refusal">Why it was not.</param>
public sealed record OfferResult(bool Ok, string? Answer, OfferRefusal? Refusal);
