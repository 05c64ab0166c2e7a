using System.Collections.Immutable;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>What the hub tells a browser. Everything has a version or replaces what was; a client that missed something attaches again.</summary>
public interface IPhoneClient
{
    /// <summary>This session is rung. To be answered with <see cref="IPhoneHub.RingReceived"/> at once.</summary>
    Task Ringing(Ring ring);

    /// <summary>The ring is over without an answer here.</summary>
    Task RingStopped(RingStop stop);

    /// <summary>A call of the user changed, or is new.</summary>
    Task CallChanged(BrowserCall call);

    /// <summary>News of a transfer that was asked for here. What is over stays so: it may come more than once.</summary>
    Task TransferChanged(TransferStatus transfer);

    /// <summary>A conference of the user changed, or is over.</summary>
    Task ConferenceChanged(Conference conference);

    Task MyConferenceChanged(MyConference conference);

    Task ParkBoardChanged(ParkBoard board);

    Task KeyBoardChanged(KeyBoard board);

    Task MeChanged(Me me);

    Task PresenceChanged(ImmutableArray<PresenceEntry> changes);

    /// <summary>Another tab of the session, or none, holds the phone now.</summary>
    Task PhoneTaken(PhoneHolder holder);

    /// <summary>The connection ends now and is not to be opened again before a new sign-in.</summary>
    Task SignedOut(SignOutReason reason);
}
