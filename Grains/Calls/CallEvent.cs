using System.Collections.Immutable;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>What a call is told: a closed set. Answers to effects come back as events too, so every outcome is in the table.</summary>
public abstract record CallEvent
{
    private protected CallEvent()
    {
    }
}

/// <summary>An edge took a call, and the numbering plan has said where it goes.</summary>
public sealed record CallStarted(StartCall Request, Destination Destination) : CallEvent;

/// <summary>Answers <see cref="AskPlaceCall"/>.</summary>
public sealed record CallerDecided(CallerDecision Decision) : CallEvent;

/// <summary>Answers <see cref="AskReceiveCall"/> and <see cref="AskTrunk"/>.</summary>
public sealed record CalleeDecided(RingPlan Plan) : CallEvent;

/// <summary>An edge said what happened to a leg.</summary>
public sealed record LegReported(LegEvent Report) : CallEvent;

/// <summary>Answers <see cref="RingDevice"/>: the device's flow is gone.</summary>
public sealed record DeviceUnreachable(LegId Leg) : CallEvent;

/// <summary>A device of the user came, who may be the one that is rung.</summary>
public sealed record DeviceJoined(string Extension, Binding Device) : CallEvent;

/// <summary>Answers <see cref="AnswerCaller"/>: the edge has answered the caller.</summary>
public sealed record CallerAnswered : CallEvent;

/// <summary>Answers <see cref="EndLeg"/>: the edge ended the leg, or could not be told in time and for good.</summary>
public sealed record LegReleased(LegId Leg) : CallEvent;

/// <summary>A node did not do what it was told within its time, or its lease ran out.</summary>
public sealed record NodeLost(string Node) : CallEvent;

/// <summary>Answers <see cref="ConnectMedia"/>: the endpoints are on two nodes, and one of them can make no link to the other.</summary>
public sealed record MediaRefused : CallEvent;

/// <summary>Answers <see cref="AskStillHeld"/>: their edge does not have these legs any more.</summary>
public sealed record LegsMissing(ImmutableArray<LegId> Legs) : CallEvent;

/// <summary>Answers <see cref="SetDoNotDisturb"/>; null when it could not be set.</summary>
public sealed record DoNotDisturbSet(bool? On) : CallEvent;

/// <summary>A leg's user transfers the other party. <paramref name="Destination"/> is what the numbering plan says of a blind transfer's target.</summary>
public sealed record TransferAsked(TransferRequest Request, Destination Destination) : CallEvent;

/// <summary>Another call offers a party in the place of a leg.</summary>
public sealed record PartyOffered(AdoptRequest Request) : CallEvent;

/// <summary>Answers <see cref="OfferParty"/>: the other call has the party, or does not take it.</summary>
public sealed record PartyAnswered(string RequestId, CallEnd Refusal) : CallEvent;

public sealed record TimerFired(CallTimers Timer) : CallEvent;

/// <summary>News of rooms, slots and parties elsewhere.</summary>
public abstract record PlaceEvent : CallEvent;

/// <summary>Answers <see cref="AskRoom"/>. With a ticket the legs are in.</summary>
public sealed record RoomAnswered(string RequestId, CallEnd Refusal, RoomTicket? Ticket, ImmutableArray<LegId> Legs) : PlaceEvent;

/// <summary>The room's mix has moved.</summary>
public sealed record RoomMovedTo(RoomTicket Ticket) : PlaceEvent;

/// <summary>A leg is sent out of the room.</summary>
public sealed record LegDismissed(LegId Leg, CallEnd Reason) : PlaceEvent;

/// <summary>Answers <see cref="TakeSlot"/>. Without a refusal the party is in the slot, and after <paramref name="ParkTime"/> the one who parked them is rung.</summary>
public sealed record SlotAnswered(string RequestId, CallEnd Refusal, string Slot, TimeSpan ParkTime) : PlaceEvent;

/// <summary>Answers <see cref="FindParty"/>: the call of a party who rings or is parked, or null. <paramref name="Replaces"/> is the leg there whose place is taken; null when none. <paramref name="Why"/> says why there is nobody.</summary>
public sealed record PartyFound(string? CallKey, LegId? Replaces = null, CallEnd Why = CallEnd.NotFound) : PlaceEvent;

/// <summary>Answers <see cref="FindConference"/>: the room's number; null when the call cannot be joined.</summary>
public sealed record ConferenceFound(string? Number) : PlaceEvent;

/// <summary>Answers <see cref="AskTransfer"/> when the other call cannot be asked.</summary>
public sealed record TransferNotAsked(string RequestId, LegId By) : PlaceEvent;

/// <summary>What became of the person whom a leg's user asked the room to call in; <see cref="CallEnd.None"/> when they are in.</summary>
public sealed record InviteeSettled(string RequestId, LegId By, CallEnd Why) : PlaceEvent;

/// <summary>Answers <see cref="FindDevices"/>: flows that can be rung now, those of one phone in order of preference; none where the user must not be disturbed, who talks elsewhere.</summary>
public sealed record DevicesFound(string RequestId, ImmutableArray<Binding> Devices, bool TalksElsewhere = false) : CallEvent;

/// <summary>Answers <see cref="AskHoldTime"/>; zero when nobody is to be reminded.</summary>
public sealed record HoldTimed(LegId Leg, TimeSpan Time, string? Escalation) : CallEvent;

/// <summary>Answers <see cref="ParkHeldCall"/>: the slot; null when the user holds nobody, or no slot is free.</summary>
public sealed record HeldParked(string? Slot) : CallEvent;

/// <summary>Someone other than its legs ends the call.</summary>
public sealed record HangUpRequested(CallEnd Reason) : CallEvent;

/// <summary>The call was read back from the journal: whatever it had asked for may be lost.</summary>
public sealed record Recovered : CallEvent;
