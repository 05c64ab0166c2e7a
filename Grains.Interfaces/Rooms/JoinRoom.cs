using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Rooms;

/// <summary>A call brings some of its legs into a room.</summary>
/// <param name="CallKey">The call.</param>
/// <param name="Host">Whose room it becomes if it is not on yet; empty where somebody from outside opens it, and it is nobody's.</param>
/// <param name="Members">Who comes in.</param>
/// <param name="Node">The node where the mix is to be if the room is not on yet.</param>
/// <param name="IsIn">They are in already, and say so again: neither a lock nor a full room keeps them out.</param>
/// <param name="LostNode">A node that did not do its part for the mix; null when there is no such trouble.</param>
/// <param name="IsInvited">They answer a call of the room: only while it still wants them.</param>
[GenerateSerializer, Immutable]
public sealed record JoinRoom(string CallKey, string Host, ImmutableArray<NewMember> Members, string Node, bool IsIn = false, string? LostNode = null, bool IsInvited = false);

/// <summary>A member asks for somebody to be called in.</summary>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="CallKey">The member's call.</param>
/// <param name="By">The member's leg.</param>
/// <param name="Extension">Whom to call; empty for a number outside, which <paramref name="Who"/> has.</param>
/// <param name="Who">The same, as members see them.</param>
[GenerateSerializer, Immutable]
public sealed record InvitePerson(string RequestId, string CallKey, LegId By, string Extension, Party Who);

/// <summary>A leg that comes into a room, and who it is to others.</summary>
/// <param name="Extension">Empty for a party outside.</param>
[GenerateSerializer, Immutable]
public sealed record NewMember(LegId Leg, EndpointId Endpoint, string Extension, Party Party, bool Holding);

/// <summary>What a room says to who wants in.</summary>
/// <param name="Refusal"><see cref="CallEnd.None"/>, <see cref="CallEnd.RoomFull"/>, <see cref="CallEnd.RoomLocked"/>, or <see cref="CallEnd.Cancelled"/> for who was invited and is not any more.</param>
/// <param name="Ticket">The way in; null when refused.</param>
[GenerateSerializer, Immutable]
public sealed record RoomAnswer(CallEnd Refusal, RoomTicket? Ticket)
{
    public static RoomAnswer Refused(CallEnd why) => new(why, null);
}

/// <summary>Where a room is mixed.</summary>
/// <param name="Number">The room's number, which one dials to come back.</param>
/// <param name="Node">The node of the mix.</param>
/// <param name="Mix">Its name there; another when the room has moved.</param>
[GenerateSerializer, Immutable]
public sealed record RoomTicket(string Number, string Node, string Mix);
