using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Rooms;

/// <summary>One member of a room as all in it may see them.</summary>
/// <param name="Leg">Names the member in commands.</param>
/// <param name="CallKey">The call that owns the leg.</param>
/// <param name="Extension">The user.</param>
/// <param name="Party">The same, as others see them.</param>
[GenerateSerializer, Immutable]
public sealed record RoomMemberView(LegId Leg, string CallKey, string Extension, Party Party, DateTimeOffset JoinedAt, bool Muted, bool Holding, bool Speaking);

/// <summary>Somebody who is called in and has not answered.</summary>
/// <param name="Leg">Names them in commands.</param>
/// <param name="By">Who asked for them.</param>
[GenerateSerializer, Immutable]
public sealed record RoomInviteeView(LegId Leg, string Extension, Party Party, Party By, DateTimeOffset Since);

/// <summary>A room as those in it may see it. Versions only grow; a lower one is stale. One without members is not on.</summary>
/// <param name="RoomKey">Key of the <see cref="IRoomGrain"/>.</param>
/// <param name="Number">What one dials to come in.</param>
/// <param name="Host">The extension of the one whose room it is; empty when it is not on.</param>
/// <param name="Invitees">Who is called in, in the order in which they were asked for.</param>
[GenerateSerializer, Immutable]
public sealed record RoomView(
    string RoomKey,
    string Number,
    long Version,
    string Host,
    bool Locked,
    ImmutableArray<RoomMemberView> Members,
    DateTimeOffset? StartedAt,
    ImmutableArray<RoomInviteeView> Invitees);
