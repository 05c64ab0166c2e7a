using System.Collections.Immutable;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Calls;

/// <summary>Where a call is in its life.</summary>
public enum CallPhase
{
    Routing,
    Ringing,
    Connected,
    Ended,
}

/// <summary>Where one leg of a call is in its life.</summary>
public enum LegPhase
{
    Calling,
    Ringing,
    Connected,

    /// <summary>Its own user put the other side on hold.</summary>
    Holding,

    /// <summary>Its device is out of reach for now; the call waits for it.</summary>
    Away,
    Ended,
}

/// <summary>One party of a call as its users may see it.</summary>
/// <param name="Extension">Null for a party outside the tenant and for services.</param>
/// <param name="Device">What the device that was rung calls itself, for its own user to tell devices apart; empty when it does not say, and of callers.</param>
/// <param name="Holding">Its user holds the other side, be its device in reach or not.</param>
/// <param name="Transfers">Its user sent the caller elsewhere and is out when that comes to something; until then they still have the caller.</param>
[GenerateSerializer, Immutable]
public sealed record PartyView(LegId Leg, string? Extension, Party Party, bool IsCaller, LegPhase Phase, string Device = "", bool Holding = false, bool Transfers = false)
{
    /// <summary>The device, as <see cref="StartCall.Device"/> and <see cref="Users.Binding"/> name it; empty where there is none.</summary>
    [Id(1)]
    public string DeviceId { get; init; } = "";

    /// <summary>The recording of this party; null when there is none.</summary>
    [Id(0)]
    public RecordingStatus? Recording { get; init; }
}

/// <summary>A call as its users may see it. Versions of one call only grow; a lower one is stale and to be ignored.</summary>
/// <param name="Dialled">What the caller dialled.</param>
/// <param name="End">How it ended; <see cref="CallEnd.None"/> before that.</param>
/// <param name="Room">The number of the conference that its parties are in; null when in none.</param>
/// <param name="Slot">The slot where its party is parked; null when in none.</param>
/// <param name="BackFrom">Who did not take the caller, while the one who had transferred them there is rung again.</param>
[GenerateSerializer, Immutable]
public sealed record CallView(
    string CallKey,
    long Version,
    CallPhase Phase,
    string Dialled,
    ImmutableArray<PartyView> Parties,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    CallEnd End,
    string? Room = null,
    string? Slot = null,
    Party? BackFrom = null);
