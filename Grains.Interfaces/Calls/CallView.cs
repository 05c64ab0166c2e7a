using System.Collections.Immutable;

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
    Ended,
}

/// <summary>One party of a call as its users may see it. <paramref name="Extension"/> is null for a party outside the tenant and for services.</summary>
[GenerateSerializer, Immutable]
public sealed record PartyView(LegId Leg, string? Extension, Party Party, bool IsCaller, LegPhase Phase);

/// <summary>A call as its users may see it. Versions of one call only grow; a lower one is stale and to be ignored.</summary>
/// <param name="Dialled">What the caller dialled.</param>
/// <param name="End">How it ended; <see cref="CallEnd.None"/> before that.</param>
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
    CallEnd End);
