using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Rooms;

/// <summary>What a room wants done: a closed set, carried out by <see cref="RoomGrain"/>. Doing one twice is the same as doing it once.</summary>
public abstract record RoomEffect
{
    private protected RoomEffect()
    {
    }
}

public sealed record SaveRoom : RoomEffect
{
    public static readonly SaveRoom It = new();
}

/// <summary>Tell those who watch how it stands.</summary>
public sealed record PublishRoom : RoomEffect
{
    public static readonly PublishRoom It = new();
}

/// <summary>Tell the tenant's rooms again that this one is on: they may have been restarted.</summary>
public sealed record RenewLamp : RoomEffect
{
    public static readonly RenewLamp It = new();
}

public sealed record StartSweep : RoomEffect
{
    public static readonly StartSweep It = new();
}

/// <summary>The room is over.</summary>
public sealed record CloseRoom : RoomEffect
{
    public static readonly CloseRoom It = new();
}

/// <summary>A call is to enter the mix where it is now.</summary>
public sealed record MoveMembers(string CallKey) : RoomEffect;

/// <summary>A call is to end a leg.</summary>
public sealed record DismissMember(string CallKey, LegId Leg, CallEnd Reason) : RoomEffect;

/// <summary>A person is to be called. Answered by <see cref="InviteeLost"/> when that cannot be.</summary>
public sealed record CallInvitee(RoomInvitee Invitee) : RoomEffect;

/// <summary>A call to a person is to end.</summary>
public sealed record CancelInvitee(string CallKey) : RoomEffect;

/// <summary>Is the person still called? Answered by <see cref="InviteeLost"/> when not.</summary>
public sealed record LookForInvitee(string CallKey) : RoomEffect;

/// <summary>Tells a member what became of the person they asked for; <see cref="CallEnd.None"/> when they are in.</summary>
public sealed record TellInviter(string CallKey, LegId Leg, string RequestId, CallEnd Why) : RoomEffect;

/// <summary>An effect on the mix. They are done in order.</summary>
public abstract record MixCommand(string Node, string Mix) : RoomEffect;

public sealed record PlayToRoom(string Node, string Mix, ProgressTone Tone) : MixCommand(Node, Mix);

public sealed record MuteMembers(string Node, string Mix, ImmutableArray<EndpointId> Muted) : MixCommand(Node, Mix);

/// <summary>These have left the room.</summary>
public sealed record PartMembers(string Node, string Mix, ImmutableArray<EndpointId> Members) : MixCommand(Node, Mix);

/// <summary>Whoever else is in the mix has left the room.</summary>
public sealed record KeepMembers(string Node, string Mix, ImmutableArray<EndpointId> Members) : MixCommand(Node, Mix);

/// <summary>What comes of one event: the next state, what to do, in this order, and why what was asked is not done.</summary>
public readonly record struct RoomStep(RoomState State, ImmutableArray<RoomEffect> Effects, CallEnd Refusal = CallEnd.None)
{
    public static RoomStep Ignore(RoomState state) => new(state, []);

    public static RoomStep Refuse(RoomState state, CallEnd why) => new(state, [], why);
}
