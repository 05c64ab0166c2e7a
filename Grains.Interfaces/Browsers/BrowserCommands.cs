using Webphone.Grains.Calls;

namespace Webphone.Grains.Browsers;

/// <summary>Something that a browser brings a session description for.</summary>
[GenerateSerializer, Immutable]
public abstract record BrowserOffer(LegId Leg, string Sdp);

/// <summary>Places a call. The leg's id is the browser's: repeating it makes no second call.</summary>
/// <param name="CallerId">Which of the user's numbers to show; null shows the extension.</param>
/// <param name="Consults">
/// The leg of the session whose far side is to be transferred, when this call asks the target first: that call is held now, and taken back when this one
/// ends without a transfer.
/// </param>
[GenerateSerializer, Immutable]
public sealed record DialOffer(LegId Leg, string Sdp, string Number, LegId? Consults = null, string? CallerId = null) : BrowserOffer(Leg, Sdp);

/// <summary>Answers a leg that rings.</summary>
[GenerateSerializer, Immutable]
public sealed record AnswerOffer(LegId Leg, string Sdp) : BrowserOffer(Leg, Sdp);

/// <summary>Brings back the media of a leg that goes on.</summary>
[GenerateSerializer, Immutable]
public sealed record ReconnectOffer(LegId Leg, string Sdp) : BrowserOffer(Leg, Sdp);

/// <summary>
/// Tries the way of sound, which is no call and nobody's business: what is sent comes back, until <see cref="HangUpCall"/> or for some seconds. Any tab may.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record ProbeOffer(LegId Leg, string Sdp) : BrowserOffer(Leg, Sdp);

/// <summary>What became of an offer.</summary>
/// <param name="Answer">The answer when it was taken.</param>
/// <param name="CallKey">The call that the leg is of.</param>
/// <param name="Refusal">Why it was not.</param>
[GenerateSerializer, Immutable]
public sealed record OfferOutcome(string? Answer, string? CallKey, OfferRefusal? Refusal)
{
    public static OfferOutcome Refused(OfferRefusal refusal) => new(null, null, refusal);
}

/// <summary>Why an offer was not taken.</summary>
public enum OfferRefusal
{
    /// <summary>The leg is over, or was never.</summary>
    Gone,

    /// <summary>This tab does not hold the phone.</summary>
    NotHolder,

    /// <summary>The offer makes no sense or shares nothing with us.</summary>
    BadOffer,

    /// <summary>A bound is reached or the server is stopping.</summary>
    Overloaded,

    /// <summary>The server that should do it is not there; trying again may help.</summary>
    Unavailable,

    /// <summary>The leg is not in a state for this.</summary>
    WrongState,
}

/// <summary>Something that a browser wants done with a leg.</summary>
[GenerateSerializer, Immutable]
public abstract record BrowserCommand(LegId Leg);

/// <summary>The ring is shown and heard.</summary>
[GenerateSerializer, Immutable]
public sealed record AcknowledgeRing(LegId Leg) : BrowserCommand(Leg);

[GenerateSerializer, Immutable]
public sealed record DeclineCall(LegId Leg) : BrowserCommand(Leg);

[GenerateSerializer, Immutable]
public sealed record HangUpCall(LegId Leg) : BrowserCommand(Leg);

[GenerateSerializer, Immutable]
public sealed record HoldCall(LegId Leg) : BrowserCommand(Leg);

[GenerateSerializer, Immutable]
public sealed record ResumeCall(LegId Leg) : BrowserCommand(Leg);

/// <summary>Presses keys: 0-9 * # A-D.</summary>
[GenerateSerializer, Immutable]
public sealed record PressKeys(LegId Leg, string Digits) : BrowserCommand(Leg);

/// <summary>
/// Moves somebody, as <see cref="TransferRequest"/> says; <paramref name="Consulted"/> is another leg of the session. The request's id is the browser's:
/// repeating it asks for nothing new, and tells again how it stands.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record TransferCall(LegId Leg, string RequestId, string Target, LegId? Consulted, MoveKind Kind = MoveKind.Send) : BrowserCommand(Leg);
