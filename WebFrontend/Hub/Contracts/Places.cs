using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>A conference that a call of the user is in.</summary>
/// <param name="Number">What one dials to come in again; <see cref="BrowserCall.Room"/> names it.</param>
/// <param name="Version">Only grows; a lower one is stale.</param>
/// <param name="Host">The extension whose conference it is. They mute and remove others and lock it; while they are not in, everyone in it does.</param>
/// <param name="Locked">Nobody else comes in.</param>
/// <param name="Members">Who is in; nobody when it is over.</param>
/// <param name="Invitees">Who is called in and has not answered.</param>
public sealed record Conference(
    string Number, long Version, string Host, bool Locked, ImmutableArray<ConferenceMember> Members, DateTimeOffset? StartedAt, ImmutableArray<ConferenceInvitee> Invitees);

/// <summary>The user's own conference, as its key shows it: on while somebody is in it.</summary>
public sealed record MyConference(string Number, int Members, long Version);

/// <param name="Leg">Names the member in commands.</param>
/// <param name="Holding">They hold the conference, which stays theirs.</param>
public sealed record ConferenceMember(string Leg, Peer Who, DateTimeOffset JoinedAt, bool Muted, bool Holding, bool Speaking);

/// <param name="Leg">Names them in commands: to remove them takes the call to them back, which the one who asked for them may, and who may remove members.</param>
/// <param name="By">Who asked for them.</param>
public sealed record ConferenceInvitee(string Leg, Peer Who, Peer By, DateTimeOffset Since);

/// <summary>Something asked of a conference; a repeated one changes nothing.</summary>
/// <param name="Room">Its number.</param>
/// <param name="Leg">The member; null when it is for all.</param>
public sealed record ConferenceOrder(string Room, ConferenceAct Act, string? Leg, bool On);

public enum ConferenceAct
{
    /// <summary>Nobody hears the member, or all do again.</summary>
    Mute,

    /// <summary>The member is sent out, or is not called any more.</summary>
    Remove,

    /// <summary>Nobody else comes in, or people may again.</summary>
    Lock,
}

/// <summary>What became of it; none when it was done.</summary>
public sealed record ConferenceResult(CallEnd Refusal);

/// <summary>The park slots of the organisation. Versions only grow; a lower one is stale.</summary>
public sealed record ParkBoard(long Version, ImmutableArray<ParkSlot> Slots);

/// <param name="Slot">What one dials to take who is parked there.</param>
/// <param name="Who">Who is parked; null when the slot is free, as the others.</param>
/// <param name="By">Who parked them.</param>
public sealed record ParkSlot(string Slot, Peer? Who, Peer? By, DateTimeOffset? Since);
