using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Rooms;

/// <summary>What a room is told: a closed set.</summary>
public abstract record RoomEvent
{
    private protected RoomEvent()
    {
    }
}

/// <summary>A call brings legs in, or says again that they are.</summary>
public sealed record MembersJoin(JoinRoom Request) : RoomEvent;

public sealed record MembersLeave(ImmutableArray<LegId> Legs) : RoomEvent;

public sealed record MemberHolds(LegId Leg, bool Holding) : RoomEvent;

/// <summary>The node of a mix says who speaks in it.</summary>
public sealed record SpeakersHeard(string Mix, ImmutableArray<EndpointId> Speakers) : RoomEvent;

public sealed record MuteAsked(string By, LegId Leg, bool Muted) : RoomEvent;

public sealed record KickAsked(string By, LegId Leg) : RoomEvent;

public sealed record LockAsked(string By, bool Locked) : RoomEvent;

/// <summary>A member asks for somebody to be called in; <paramref name="CallKey"/> is for the call that is made.</summary>
public sealed record InviteAsked(InvitePerson Request, string CallKey) : RoomEvent;

/// <summary>A call that the room had made is over without anybody having come in by it.</summary>
public sealed record InviteeLost(string CallKey, CallEnd Why) : RoomEvent;

/// <summary>Time to look for members whose calls are gone without a word.</summary>
public sealed record SweepDue : RoomEvent;
