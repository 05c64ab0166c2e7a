using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Calls;

/// <summary>
/// A call from 101 (leg C on node n1) to 102 with the devices A (node n1, asked to ring), B (node n2, ringing) and D (node n2, busy),
/// taken to each state of the machine.
/// </summary>
internal static class Sample
{
    public const string Key = "acme/c1";
    public static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly LegId C = new("C");
    public static readonly LegId A = new("c1-1");
    public static readonly LegId B = new("c1-2");
    public static readonly LegId D = new("c1-3");
    public static readonly MediaCodec Pcmu = new("PCMU", 8000);
    public static readonly EndpointId EndpointC = new("n1", 1);
    public static readonly EndpointId EndpointA = new("n1", 2);
    public static readonly EndpointId EndpointB = new("n2", 3);
    public static readonly EndpointId EndpointE = new("n2", 4);

    public static readonly CallerDecision Allowed = new(CallEnd.None, new Party("101", "Ann"), DoNotDisturb: false);

    public static readonly RingPlan Plan = new(
        CallEnd.None, new Party("102", "Bob"), [Device("a", "n1"), Device("b", "n2"), Device("d", "n2")], TimeSpan.FromSeconds(30));

    public static Binding Device(string id, string node) => new(
        id, $"sip:{id}@192.0.2.1", node, "udp", [], "reg-" + id, 1, TimeSpan.FromHours(1), Noon + TimeSpan.FromHours(1), "");

    /// <summary>A device of 102 that comes late.</summary>
    public static readonly Binding Late = Device("late", "n2");

    public static StartCall Request(string dialled = "102") => new(C, "n1", "acme", "101", "a101", dialled, EndpointC, [Pcmu]);

    public static CallState Started(Destination destination, string dialled = "102") =>
        CallMachine.Start(Key, new CallStarted(Request(dialled), destination), Noon).State;

    public static CallState AskingCaller() => Started(new Destination.User("102"));

    public static CallState AskingCallee() => AskingCaller().After(new CallerDecided(Allowed));

    public static CallState Ringing() => AskingCallee().After(
        new CalleeDecided(Plan),
        new LegReported(new LegRinging(B)),
        new LegReported(new LegEnded(D, CallEnd.Busy)));

    public static CallState Connected() => Ringing().After(new LegReported(new LegAnswered(A, EndpointA, Pcmu)));

    /// <summary>C has dialled a number outside, which rings as A.</summary>
    public static CallState RingingOutside() => Started(new Destination.Outside("0441", "out"), "0441").After(
        new CallerDecided(Allowed),
        new CalleeDecided(new RingPlan(CallEnd.None, new Party("0441", ""), [TrunkDevice.Of("out", "0441")], Outsider.RingTime, ShownAs: "+49301")));

    /// <summary>C calls from outside, and A has answered.</summary>
    public static CallState ConnectedFromOutside() => CallMachine.Start(
        Key,
        new CallStarted(Request("+4930102") with { CallerExtension = "", Outside = new OutsideCaller("out", new Party("+494400", "Clara")) }, new Destination.User("102")),
        Noon).State.After(new CalleeDecided(Plan), new LegReported(new LegAnswered(A, EndpointA, Pcmu)));

    public static TransferRequest Transfer(LegId by) => new("t1", by, "103", null);

    public static TransferRequest Attended(LegId by) => new("t1", by, "", new Consultation("acme/c2", new LegId("C2")));

    /// <summary>A party of another call.</summary>
    public static readonly EndpointId EndpointS = new("n2", 9);

    public static readonly HandedParty Stranger = new(
        new LegId("S"), "n2", EndpointS, [Pcmu], "104", "s", new Party("104", "Sue"), Holding: false, Away: false,
        new HistoryEntry("acme/c9", "104", CallDirection.Outbound, new Party("101", "Ann"), "104", Noon - TimeSpan.FromMinutes(2), Noon - TimeSpan.FromMinutes(1), null, CallEnd.None));

    /// <summary>The caller C sends A, who answered, to 103.</summary>
    public static CallState Transferring() => Connected().After(new TransferAsked(Transfer(C), new Destination.User("103")));

    public static CallState TransferRinging() => Transferring().After(new CalleeDecided(Plan with { Callee = new Party("103", "Cy"), Devices = [Device("e", "n2"), Device("f", "n1")] }));

    /// <summary>One of the two phones of 103 has said that it does not know them.</summary>
    public static CallState TransferUnknownToOne() => TransferRinging().After(new LegReported(new LegEnded(new LegId("c1-4"), CallEnd.NotFound)));

    /// <summary>103 rings: C is out.</summary>
    public static CallState Transferred() => TransferRinging().After(new LegReported(new LegRinging(new LegId("c1-4"))));

    /// <summary>C gives A, who answered, to the far side of another call.</summary>
    public static CallState Giving() => Connected().After(new TransferAsked(Attended(C), new Destination.Unknown()));

    public static readonly RoomTicket Ticket = new("99900", "n1", "mix");

    public static Destination.Place PlaceOf(PlaceKind kind, string? number = null) => new(new CallPlace(kind, number));

    public static TransferRequest Merge(LegId by, Consultation? other) => new("t1", by, "", other, MoveKind.Merge);

    public static CallState AskingRoom() => Started(PlaceOf(PlaceKind.Room), "*38").After(new CallerDecided(Allowed));

    public static CallState PickupAnswering() =>
        Started(PlaceOf(PlaceKind.Pickup, "104"), "**104").After(new CallerDecided(Allowed), new PartyFound("acme/c2"));

    public static CallState PickupGiving() => PickupAnswering().After(new CallerAnswered());

    public static CallState MovingToRoom() => Connected().After(new TransferAsked(Transfer(C), PlaceOf(PlaceKind.Room)));

    public static CallState Merging() => Connected().After(new TransferAsked(Merge(C, new Consultation("acme/c2", new LegId("C2"))), new Destination.Unknown()));

    public static CallState MovingToSlot() => Connected().After(new TransferAsked(Transfer(C), PlaceOf(PlaceKind.Slot)));

    public static CallState RoomAnswering() => AskingRoom().After(new RoomAnswered("c1", CallEnd.None, Ticket, [C]));

    public static CallState AloneInRoom() => RoomAnswering().After(new CallerAnswered());

    public static CallState BothInRoom() => Merging().After(new RoomAnswered("t1", CallEnd.None, Ticket, [C, A]));

    /// <summary>A room calls 102 for 105.</summary>
    public static CallState Invited() =>
        CallInvitations.Start(Key, new CallIntoRoom("102", "105", new Party("105", "Eve"), Ticket), Noon).State;

    public static CallState InvitedRinging() => Invited().After(new CalleeDecided(Plan), new LegReported(new LegRinging(B)), new LegReported(new LegEnded(D, CallEnd.Busy)));

    public static CallState InvitedInRoom() => InvitedRinging().After(new LegReported(new LegAnswered(A, EndpointA, Pcmu)));

    public static CallState Parked() => MovingToSlot().After(new SlotAnswered("t1", CallEnd.None, "701", TimeSpan.FromSeconds(120)));

    /// <summary>Nobody has taken A from the slot, so C is rung.</summary>
    public static CallState ParkedRinging() =>
        Parked().After(new TimerFired(CallTimers.Park), new CalleeDecided(Plan with { Callee = new Party("101", "Ann"), Devices = [Device("g", "n2")] }));

    public static TransferRequest Switch(LegId by) => new("t1", by, "late", null, MoveKind.Switch);

    public static readonly LegId E = new("c1-4");

    /// <summary>The caller C wants to go on with another device.</summary>
    public static CallState Switching() => Connected().After(new TransferAsked(Switch(C), new Destination.Unknown()));

    public static CallState SwitchRinging() => Switching().After(new DevicesFound("t1", [Late]), new LegReported(new LegRinging(E)));

    /// <summary>The same of A, who answered.</summary>
    public static CallState AnswererSwitching() => Connected().After(new TransferAsked(Switch(A), new Destination.Unknown()), new DevicesFound("t1", [Late]));

    /// <summary>C has put A on hold, who hears music.</summary>
    public static CallState OnHold() => Connected().After(new LegReported(new LegHeld(C)), new HoldTimed(C, TimeSpan.FromSeconds(60), "105"));

    /// <summary>The devices of C ring for it.</summary>
    public static CallState HoldRecall() => OnHold().After(new TimerFired(CallTimers.Hold), new DevicesFound("", [Late]), new LegReported(new LegRinging(E)));

    public static CallState OnHoldForLong() => HoldRecall().After(
        new LegReported(new LegEnded(E, CallEnd.NoAnswer)), new TimerFired(CallTimers.Hold), new DevicesFound("", []));

    /// <summary>The same, and the second time C talked to somebody else.</summary>
    public static CallState OnHoldWhileTalking() => HoldRecall().After(
        new LegReported(new LegEnded(E, CallEnd.NoAnswer)), new TimerFired(CallTimers.Hold), new DevicesFound("", [], TalksElsewhere: true));

    /// <summary>C comes into a call of their own by another phone.</summary>
    public static CallState Joining() =>
        CallMachine.Start(Key, new CallStarted(Request() with { Joins = new Consultation("acme/c2", new LegId("C2")) }, new Destination.User("102")), Noon).State.After(new CallerDecided(Allowed));

    /// <summary>C at another device, who has dialled for that.</summary>
    public static readonly HandedParty CallerElsewhere = Stranger with
    {
        Extension = "101",
        Party = new Party("101", "Ann"),
        Device = "a101-2",
        History = Stranger.History with { Extension = "101", AnsweredAt = null },
    };

    public static CallState Ending() => Connected().After(new LegReported(new LegEnded(C, CallEnd.Completed)), new LegReleased(A));

    public static CallState Ended() => Ending().After(new LegReleased(B));

    public static CallState EchoAnswering() => Started(new Destination.EchoTest(), "*43").After(new CallerDecided(Allowed));

    public static CallState EchoBeeping() => EchoAnswering().After(new CallerAnswered());

    public static CallState Echoing() => EchoBeeping().After(new LegReported(new LegPlaybackFinished(C)));

    /// <summary>C has dialled *68 and holds somebody in another call.</summary>
    public static CallState ParkingHeld() => Started(PlaceOf(PlaceKind.Slot), "*68").After(new CallerDecided(Allowed), new CallerAnswered());

    public static CallState SayingSlot() => ParkingHeld().After(new HeldParked("701"));

    public static CallState Setting() => Started(new Destination.ToggleDoNotDisturb(), "*76").After(new CallerDecided(Allowed), new CallerAnswered());

    public static CallState Confirming() => Setting().After(new DoNotDisturbSet(true));

    public static CallState After(this CallState state, params ReadOnlySpan<CallEvent> events)
    {
        foreach (var input in events) state = CallMachine.Step(state, input, Noon + TimeSpan.FromSeconds(1)).State;
        return state;
    }

    public static ImmutableArray<T> Effects<T>(this CallStep step) where T : CallEffect => [.. step.Effects.OfType<T>()];
}
