using System.Collections.Immutable;
using Webphone.Grains.Recordings;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>
/// What a browser asks of the hub at <see cref="HubPaths.Phone"/>. Every command is idempotent: legs are named by the client (32 hexadecimal digits,
/// random), and one for a leg that is over does nothing. A connection attaches first; whatever it asks before that is refused.
/// </summary>
public interface IPhoneHub
{
    /// <summary>Joins the tab to its session, the first time or again, and gives everything that there is to show.</summary>
    Task<Snapshot> Attach(AttachRequest request);

    /// <summary>Makes this tab the one that holds the phone. False when the session has no room for one at its user, or the user may not call from the browser.</summary>
    Task<bool> TakePhone();

    /// <summary>This tab holds the phone no more; the session cannot be rung until a tab takes it.</summary>
    Task ReleasePhone();

    /// <summary>Places a call. The answer to the offer comes at once; what the call does comes as <see cref="IPhoneClient.CallChanged"/>.</summary>
    Task<OfferResult> Dial(DialRequest request);

    /// <summary>The ring was shown and is heard. Without this within a second the session counts as unreachable for the call.</summary>
    Task RingReceived(string leg);

    Task<OfferResult> Answer(string leg, string offer);

    /// <summary>Refuses the call on all of the user's devices.</summary>
    Task Decline(string leg);

    /// <summary>Ends the leg in whatever state it is. Asked before <see cref="Dial"/> arrives, it keeps that from calling.</summary>
    Task HangUp(string leg);

    Task Hold(string leg);

    Task Resume(string leg);

    /// <summary>Presses keys, at most <see cref="HubLimits.Digits"/> of 0-9 * # A-D.</summary>
    Task SendDigits(string leg, string digits);

    /// <summary>Sends the far side elsewhere. How it goes comes as <see cref="IPhoneClient.TransferChanged"/>; until it is done the far side is not lost.</summary>
    Task Transfer(TransferOrder order);

    /// <summary>Mutes or removes somebody in a conference of the user, or locks it.</summary>
    Task<ConferenceResult> Conference(ConferenceOrder order);

    /// <summary>Starts, stops, pauses or resumes the recording of the user's side of a call, on whichever of their devices it is. How it stands comes with the call.</summary>
    Task<RecordingResult> Record(string callKey, RecordingAct act);

    /// <summary>A new offer for a leg that goes on: after a reload, in another network, on another connection.</summary>
    Task<OfferResult> Reconnect(string leg, string offer);

    /// <summary>
    /// Tries the way of sound, which is no call: what is sent to the answer comes back, until <see cref="HangUp"/> with the same name, or for 15 s. For any tab;
    /// the name is the client's, as a leg's is.
    /// </summary>
    Task<OfferResult> Probe(string probe, string offer);

    Task SetDoNotDisturb(bool on);

    /// <summary>Replaces the user's keys, at most <see cref="HubLimits.Keys"/>, on all of their screens.</summary>
    Task<KeyBoard> SetKeys(ImmutableArray<KeySetting> keys);

    /// <summary>Replaces the list of extensions whose presence this connection is told; at most <see cref="HubLimits.Watched"/>.</summary>
    Task<ImmutableArray<PresenceEntry>> WatchPresence(ImmutableArray<string> extensions);
}
