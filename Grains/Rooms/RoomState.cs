using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Rooms;

/// <summary>What is kept of a room: replaced whole, never changed. A room that is not on has no members.</summary>
[GenerateSerializer, Immutable]
public sealed record RoomState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>Grows with each change that members can see.</summary>
    [Id(1)]
    public long Version { get; init; }

    /// <summary>The extension of the one whose room it is.</summary>
    [Id(2)]
    public string Host { get; init; } = "";

    [Id(3)]
    public bool Locked { get; init; }

    /// <summary>The node of the mix.</summary>
    [Id(4)]
    public string Node { get; init; } = "";

    /// <summary>The mix's name there.</summary>
    [Id(5)]
    public string Mix { get; init; } = "";

    [Id(6)]
    public ImmutableArray<RoomMember> Members { get; init; } = [];

    /// <summary>Legs that were sent out: should their calls not have heard of it, they hear it when they say that they are in.</summary>
    [Id(7)]
    public ImmutableArray<LegId> Removed { get; init; } = [];

    [Id(8)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Who is called in and has not answered: a place is kept for each.</summary>
    [Id(9)]
    public ImmutableArray<RoomInvitee> Invitees { get; init; } = [];

    [JsonIgnore]
    public bool IsOn => !Members.IsEmpty;

    public RoomMember? Find(LegId leg) => Members.FirstOrDefault(member => member.Leg == leg);

    public RoomState With(RoomMember member) => this with { Members = [.. Members.Select(other => other.Leg == member.Leg ? member : other)] };
}

/// <summary>One leg in a room.</summary>
/// <param name="SeenAt">When its call last said that it is in.</param>
[GenerateSerializer, Immutable]
public sealed record RoomMember(
    LegId Leg,
    string CallKey,
    EndpointId Endpoint,
    string Extension,
    Party Party,
    DateTimeOffset JoinedAt,
    DateTimeOffset SeenAt,
    bool Muted = false,
    bool Holding = false,
    bool Speaking = false);

/// <summary>Somebody whom the room calls for a member.</summary>
/// <param name="Leg">Names them in commands.</param>
/// <param name="CallKey">The call that the room makes.</param>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="By">The leg of the member who asked.</param>
/// <param name="ByCallKey">Their call.</param>
[GenerateSerializer, Immutable]
public sealed record RoomInvitee(
    LegId Leg,
    string CallKey,
    string RequestId,
    LegId By,
    string ByCallKey,
    string ByExtension,
    Party ByParty,
    string Extension,
    Party Party,
    DateTimeOffset AskedAt);
