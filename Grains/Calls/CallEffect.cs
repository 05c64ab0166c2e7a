using System.Collections.Immutable;
using Webphone.Grains.Media;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>What a call wants done: a closed set, carried out by <see cref="CallGrain"/>. Doing one twice is the same as doing it once.</summary>
public abstract record CallEffect
{
    private protected CallEffect()
    {
    }
}

/// <summary>Write the call down, before anything else of the same step is done.</summary>
public sealed record Journal : CallEffect
{
    public static readonly Journal It = new();
}

/// <summary>Tell the call's users how it stands.</summary>
public sealed record PublishView : CallEffect
{
    public static readonly PublishView It = new();
}

/// <summary>Nothing is left to do: the call may leave memory.</summary>
public sealed record Retire : CallEffect
{
    public static readonly Retire It = new();
}

/// <summary>Answered by <see cref="CallerDecided"/>.</summary>
public sealed record AskPlaceCall(string Extension, string Dialled, string? CallerId) : CallEffect;

/// <summary>Answered by <see cref="CalleeDecided"/>.</summary>
public sealed record AskReceiveCall(string Extension, IncomingCall Call) : CallEffect;

/// <summary>The same for a number outside, by the trunk that it is dialled through. Answered by <see cref="CalleeDecided"/>.</summary>
/// <param name="CallerId">The number that the caller has chosen to be shown as; null for the trunk's.</param>
public sealed record AskTrunk(string Number, string? CallerId) : CallEffect;

/// <summary>Looks for a device of a user to ring, or for all that they have. Answered by <see cref="DevicesFound"/>.</summary>
public sealed record FindDevices(string RequestId, string Extension, string? Device) : CallEffect;

/// <summary>How long may the user leave somebody on hold? Answered by <see cref="HoldTimed"/>.</summary>
public sealed record AskHoldTime(LegId Leg, string Extension) : CallEffect;

/// <summary>Answered by <see cref="DoNotDisturbSet"/>.</summary>
public sealed record SetDoNotDisturb(string Extension, bool On) : CallEffect;

/// <summary>Starts a timer, or starts it over; <see cref="CallTimers.Sweep"/> then repeats in the same time.</summary>
public sealed record StartTimer(CallTimers Timer, TimeSpan Due) : CallEffect;

public sealed record StopTimer(CallTimers Timer) : CallEffect;

/// <summary>An effect on a leg through the edge of <paramref name="Node"/>. Those on one leg are done in order.</summary>
public abstract record LegCommand(LegId Leg, string Node) : CallEffect;

/// <summary>Answered by <see cref="DeviceUnreachable"/> when there is no way to the device, else by what the leg reports.</summary>
/// <param name="Ring">What its edge is asked.</param>
/// <param name="Waiting">The endpoint that the leg's is connected with when it answers; null when that is not known.</param>
public sealed record RingDevice(RingLeg Ring, EndpointId? Waiting = null) : LegCommand(Ring.Leg, Ring.Binding.Node);

public sealed record ShowRinging(LegId Leg, string Node) : LegCommand(Leg, Node);

/// <summary>Answered by <see cref="CallerAnswered"/>.</summary>
public sealed record AnswerCaller(LegId Leg, string Node, MediaCodec? Codec, Party Connected) : LegCommand(Leg, Node);

/// <summary>Answered by <see cref="LegReleased"/>.</summary>
public sealed record EndLeg(LegId Leg, string Node, CallEnd Reason) : LegCommand(Leg, Node);

/// <summary>Tells the one who asked for a transfer how it stands.</summary>
public sealed record TellTransfer(LegId Leg, string Node, TransferNews News) : LegCommand(Leg, Node);

/// <summary>The leg is this call's, and its user talks to <paramref name="Other"/> from now on.</summary>
public sealed record MoveLeg(LegId Leg, string Node, Party Other) : LegCommand(Leg, Node);

/// <summary>Asks another call to take a party. Answered by <see cref="PartyAnswered"/>.</summary>
public sealed record OfferParty(string CallKey, AdoptRequest Request) : CallEffect;

/// <summary>What was reported here of a leg that another call has.</summary>
public sealed record ForwardReport(string CallKey, LegEvent Report) : CallEffect;

/// <summary>Brings legs into a room: that of the number, or, without one, the room of the host. Answered by <see cref="RoomAnswered"/>.</summary>
public sealed record AskRoom(string RequestId, string? Number, JoinRoom Join) : CallEffect;

/// <summary>These legs are out of the room.</summary>
public sealed record LeaveRoom(string Number, ImmutableArray<LegId> Legs) : CallEffect;

/// <summary>The room is to call somebody in. Answered by <see cref="InviteeSettled"/> when it does not.</summary>
/// <param name="Invitee">An extension, or a number outside.</param>
public sealed record AskInvitee(string Number, string RequestId, LegId By, string Invitee) : CallEffect;

/// <summary>Nobody came into the room by this call.</summary>
public sealed record TellRoomInvitation(string Number, CallEnd Why) : CallEffect;

public sealed record HoldInRoom(string Number, LegId Leg, bool Holding) : CallEffect;

/// <summary>Answered by <see cref="SlotAnswered"/>.</summary>
public sealed record TakeSlot(string RequestId, ParkParty Park) : CallEffect;

public sealed record FreeSlot(string Slot) : CallEffect;

/// <summary>Looks for who is parked or rings there, or whom the user talks to at another device than this. Answered by <see cref="PartyFound"/>.</summary>
public sealed record FindParty(CallPlace Place, string Extension, string Device) : CallEffect;

/// <summary>Looks for the conference that another call of the user is in, and asks that call to become one where it is not. Answered by <see cref="ConferenceFound"/>.</summary>
public sealed record FindConference(Consultation? Joined) : CallEffect;

/// <summary>Parks whom the user holds in another call. Answered by <see cref="HeldParked"/>.</summary>
public sealed record ParkHeldCall(string Extension) : CallEffect;

/// <summary>Asks another call of the same user for a transfer. Answered by <see cref="TransferNotAsked"/> when that cannot be.</summary>
public sealed record AskTransfer(string CallKey, LegId By, TransferRequest Request) : CallEffect;

/// <summary>Answered by <see cref="LegsMissing"/> when any is missing.</summary>
public sealed record AskStillHeld(string Node, ImmutableArray<LegId> Legs) : CallEffect;

/// <summary>An effect on the media of <paramref name="Endpoint"/>. They are done in order, and after what the caller's leg was told before them.</summary>
public abstract record MediaCommand(EndpointId Endpoint) : CallEffect;

public sealed record ConnectMedia(EndpointId Endpoint, EndpointId Other) : MediaCommand(Endpoint);

public sealed record DisconnectMedia(EndpointId Endpoint) : MediaCommand(Endpoint);

/// <summary>The endpoint is in the room's mix: hears all others there, and is heard by them.</summary>
public sealed record EnterMix(EndpointId Endpoint, RoomTicket Room) : MediaCommand(Endpoint);

public sealed record PlayMedia(EndpointId Endpoint, MediaSource Source) : MediaCommand(Endpoint);

public sealed record EchoMedia(EndpointId Endpoint) : MediaCommand(Endpoint);
