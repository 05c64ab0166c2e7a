using System.Globalization;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Calls;

/// <summary>
/// Every state of the machine by every input: what it leads to is a line of <c>CallMachineTable.txt</c>, in the form
/// <c>state | input | next state | effects</c>. A pair without a line fails, so does a line without a pair.
/// </summary>
public class CallMachineTableTests
{
    private static readonly Dictionary<string, CallState> States = new()
    {
        ["AskingCaller"] = Sample.AskingCaller(),
        ["AskingCallee"] = Sample.AskingCallee(),
        ["Ringing"] = Sample.Ringing(),
        ["Connected"] = Sample.Connected(),
        ["Ringing, outside"] = Sample.RingingOutside(),
        ["Connected, from outside"] = Sample.ConnectedFromOutside(),
        ["AskingCallee, transfer"] = Sample.Transferring(),
        ["Ringing, transfer"] = Sample.TransferRinging(),
        ["Ringing, transfer, unknown to one phone"] = Sample.TransferUnknownToOne(),
        ["Ringing, transferred"] = Sample.Transferred(),
        ["Giving"] = Sample.Giving(),
        ["AskingPlace, room"] = Sample.AskingRoom(),
        ["AskingPlace, joining"] = Sample.Joining(),
        ["AskingPlace, answering"] = Sample.PickupAnswering(),
        ["Giving, pickup"] = Sample.PickupGiving(),
        ["Moving, to a room"] = Sample.MovingToRoom(),
        ["Moving, merging"] = Sample.Merging(),
        ["Moving, to a slot"] = Sample.MovingToSlot(),
        ["InRoom, answering"] = Sample.RoomAnswering(),
        ["InRoom, alone"] = Sample.AloneInRoom(),
        ["InRoom, both"] = Sample.BothInRoom(),
        ["AskingCallee, invited"] = Sample.Invited(),
        ["Ringing, invited"] = Sample.InvitedRinging(),
        ["InRoom, invited"] = Sample.InvitedInRoom(),
        ["Parked"] = Sample.Parked(),
        ["Ringing, parked"] = Sample.ParkedRinging(),
        ["Connected, on hold"] = Sample.OnHold(),
        ["Connected, on hold after two rings"] = Sample.OnHoldForLong(),
        ["Connected, on hold after one ring"] = Sample.OnHoldWhileTalking(),
        ["Switching, recall"] = Sample.HoldRecall(),
        ["Switching, looking"] = Sample.Switching(),
        ["Switching, ringing"] = Sample.SwitchRinging(),
        ["Switching, of A"] = Sample.AnswererSwitching(),
        ["InService, answering"] = Sample.EchoAnswering(),
        ["InService, beeping"] = Sample.EchoBeeping(),
        ["InService, echoing"] = Sample.Echoing(),
        ["InService, setting"] = Sample.Setting(),
        ["InService, confirming"] = Sample.Confirming(),
        ["InService, parking"] = Sample.ParkingHeld(),
        ["InService, saying"] = Sample.SayingSlot(),
        ["Ending"] = Sample.Ending(),
        ["Ended"] = Sample.Ended(),
    };

    private static readonly Dictionary<string, CallEvent> Inputs = new()
    {
        ["CallStarted"] = new CallStarted(Sample.Request(), new Destination.User("102")),
        ["CallerDecided, allowed"] = new CallerDecided(Sample.Allowed),
        ["CallerDecided, Forbidden"] = new CallerDecided(Sample.Allowed with { Refusal = CallEnd.Forbidden }),
        ["CalleeDecided, allowed"] = new CalleeDecided(Sample.Plan),
        ["CalleeDecided, no device"] = new CalleeDecided(Sample.Plan with { Devices = [] }),
        ["CalleeDecided, DoNotDisturb"] = new CalleeDecided(Sample.Plan with { Refusal = CallEnd.DoNotDisturb }),
        ["LegRinging A"] = new LegReported(new LegRinging(Sample.A)),
        ["LegRinging B"] = new LegReported(new LegRinging(Sample.B)),
        ["LegAnswered A"] = new LegReported(new LegAnswered(Sample.A, Sample.EndpointA, Sample.Pcmu)),
        ["LegAnswered B"] = new LegReported(new LegAnswered(Sample.B, Sample.EndpointB, Sample.Pcmu)),
        ["LegAnswered C"] = new LegReported(new LegAnswered(Sample.C, Sample.EndpointC, Sample.Pcmu)),
        ["LegEnded A, Busy"] = new LegReported(new LegEnded(Sample.A, CallEnd.Busy)),
        ["LegEnded A, Declined"] = new LegReported(new LegEnded(Sample.A, CallEnd.Declined)),
        ["LegEnded A, Completed"] = new LegReported(new LegEnded(Sample.A, CallEnd.Completed)),
        ["LegEnded B, Cancelled"] = new LegReported(new LegEnded(Sample.B, CallEnd.Cancelled)),
        ["LegEnded C, Cancelled"] = new LegReported(new LegEnded(Sample.C, CallEnd.Cancelled)),
        ["LegEnded C, Completed"] = new LegReported(new LegEnded(Sample.C, CallEnd.Completed)),
        ["LegEnded C, MediaTimeout"] = new LegReported(new LegEnded(Sample.C, CallEnd.MediaTimeout)),
        ["LegEnded c1-5, NotFound"] = new LegReported(new LegEnded(new LegId("c1-5"), CallEnd.NotFound)),
        ["LegHeld A"] = new LegReported(new LegHeld(Sample.A)),
        ["LegHeld B"] = new LegReported(new LegHeld(Sample.B)),
        ["LegHeld C"] = new LegReported(new LegHeld(Sample.C)),
        ["LegResumed A"] = new LegReported(new LegResumed(Sample.A)),
        ["LegResumed C"] = new LegReported(new LegResumed(Sample.C)),
        ["LegAway A"] = new LegReported(new LegAway(Sample.A)),
        ["LegAway C"] = new LegReported(new LegAway(Sample.C)),
        ["LegBack A"] = new LegReported(new LegBack(Sample.A)),
        ["LegDigit C"] = new LegReported(new LegDigit(Sample.C, '5')),
        ["LegPlaybackFinished C"] = new LegReported(new LegPlaybackFinished(Sample.C)),
        ["LegAlive C"] = new LegReported(new LegAlive(Sample.C)),
        ["LegEnded of a stranger"] = new LegReported(new LegEnded(new LegId("?"), CallEnd.Completed)),
        ["DeviceUnreachable A"] = new DeviceUnreachable(Sample.A),
        ["DeviceJoined"] = new DeviceJoined("102", Sample.Late),
        ["DeviceJoined, known"] = new DeviceJoined("102", Sample.Plan.Devices[0]),
        ["DeviceJoined of 103"] = new DeviceJoined("103", Sample.Late),
        ["CallerAnswered"] = new CallerAnswered(),
        ["LegReleased A"] = new LegReleased(Sample.A),
        ["LegReleased B"] = new LegReleased(Sample.B),
        ["NodeLost n1"] = new NodeLost("n1"),
        ["NodeLost n2"] = new NodeLost("n2"),
        ["NodeLost n3"] = new NodeLost("n3"),
        ["MediaRefused"] = new MediaRefused(),
        ["LegsMissing A"] = new LegsMissing([Sample.A]),
        ["LegsMissing B"] = new LegsMissing([Sample.B]),
        ["LegsMissing C"] = new LegsMissing([Sample.C]),
        ["TransferAsked by C to 103"] = new TransferAsked(Sample.Transfer(Sample.C), new Destination.User("103")),
        ["TransferAsked by A to 103"] = new TransferAsked(Sample.Transfer(Sample.A), new Destination.User("103")),
        ["TransferAsked by A to 0441"] = new TransferAsked(Sample.Transfer(Sample.A) with { Target = "0441" }, new Destination.Outside("0441", "out")),
        ["TransferAsked by C to nobody"] = new TransferAsked(Sample.Transfer(Sample.C), new Destination.Unknown()),
        ["TransferAsked by C to *43"] = new TransferAsked(Sample.Transfer(Sample.C), new Destination.EchoTest()),
        ["TransferAsked by C, attended"] = new TransferAsked(Sample.Attended(Sample.C), new Destination.Unknown()),
        ["PartyOffered for C"] = new PartyOffered(new AdoptRequest("t2", Sample.Stranger, Sample.C)),
        ["PartyOffered for A"] = new PartyOffered(new AdoptRequest("t2", Sample.Stranger, Sample.A)),
        ["PartyAnswered, taken"] = new PartyAnswered("t1", CallEnd.None),
        ["PartyAnswered, NotFound"] = new PartyAnswered("t1", CallEnd.NotFound),
        ["PartyOffered to answer"] = new PartyOffered(new AdoptRequest("t2", Sample.Stranger, null)),
        ["TransferAsked by C to *38"] = new TransferAsked(Sample.Transfer(Sample.C), Sample.PlaceOf(PlaceKind.Room)),
        ["TransferAsked by A to 99907"] = new TransferAsked(Sample.Transfer(Sample.A), Sample.PlaceOf(PlaceKind.Room, "99907")),
        ["TransferAsked by C to *68"] = new TransferAsked(Sample.Transfer(Sample.C), Sample.PlaceOf(PlaceKind.Slot)),
        ["TransferAsked by C to **102"] = new TransferAsked(Sample.Transfer(Sample.C), Sample.PlaceOf(PlaceKind.Pickup, "102")),
        ["TransferAsked by C, merge"] = new TransferAsked(Sample.Merge(Sample.C, null), new Destination.Unknown()),
        ["TransferAsked by A, merge with another"] = new TransferAsked(Sample.Merge(Sample.A, new Consultation("acme/c2", new LegId("C2"))), new Destination.Unknown()),
        ["TransferAsked by C, switch"] = new TransferAsked(Sample.Switch(Sample.C), new Destination.Unknown()),
        ["TransferAsked by A, switch"] = new TransferAsked(Sample.Switch(Sample.A) with { RequestId = "t2" }, new Destination.Unknown()),
        ["DevicesFound"] = new DevicesFound("t1", [Sample.Late]),
        ["DevicesFound, none"] = new DevicesFound("t1", []),
        ["DevicesFound, recall"] = new DevicesFound("", [Sample.Late]),
        ["DevicesFound, own"] = new DevicesFound("t1", [Sample.Late with { Id = "a101" }]),
        ["LegRinging E"] = new LegReported(new LegRinging(Sample.E)),
        ["LegAnswered E"] = new LegReported(new LegAnswered(Sample.E, Sample.EndpointE, Sample.Pcmu)),
        ["LegEnded E, Declined"] = new LegReported(new LegEnded(Sample.E, CallEnd.Declined)),
        ["DeviceUnreachable E"] = new DeviceUnreachable(Sample.E),
        ["LegsMissing E"] = new LegsMissing([Sample.E]),
        ["PartyOffered for C by 101"] = new PartyOffered(new AdoptRequest("t2", Sample.CallerElsewhere, Sample.C)),
        ["HoldTimed C"] = new HoldTimed(Sample.C, TimeSpan.FromSeconds(60), "105"),
        ["HoldTimed C, never"] = new HoldTimed(Sample.C, TimeSpan.Zero, null),
        ["RoomAnswered, in"] = new RoomAnswered("t1", CallEnd.None, Sample.Ticket, [Sample.C, Sample.A]),
        ["RoomAnswered, RoomFull"] = new RoomAnswered("t1", CallEnd.RoomFull, null, []),
        ["RoomAnswered, Failed"] = new RoomAnswered("", CallEnd.Failed, null, []),
        ["RoomMovedTo n2"] = new RoomMovedTo(Sample.Ticket with { Node = "n2", Mix = "other" }),
        ["RoomAnswered, Cancelled"] = new RoomAnswered("c1", CallEnd.Cancelled, null, []),
        ["InviteeSettled, in"] = new InviteeSettled("t1", Sample.C, CallEnd.None),
        ["InviteeSettled, Busy"] = new InviteeSettled("t1", Sample.C, CallEnd.Busy),
        ["LegDismissed C"] = new LegDismissed(Sample.C, CallEnd.Removed),
        ["LegDismissed A"] = new LegDismissed(Sample.A, CallEnd.Removed),
        ["SlotAnswered, 701"] = new SlotAnswered("t1", CallEnd.None, "701", TimeSpan.FromSeconds(120)),
        ["SlotAnswered, SlotTaken"] = new SlotAnswered("t1", CallEnd.SlotTaken, "", TimeSpan.FromSeconds(120)),
        ["PartyFound"] = new PartyFound("acme/c2"),
        ["PartyFound, nobody"] = new PartyFound(null),
        ["PartyFound, at this phone"] = new PartyFound(null, Why: CallEnd.Forbidden),
        ["ConferenceFound 99907"] = new ConferenceFound("99907"),
        ["ConferenceFound, none"] = new ConferenceFound(null),
        ["TransferNotAsked"] = new TransferNotAsked("t1", Sample.C),
        ["HeldParked 701"] = new HeldParked("701"),
        ["HeldParked, nobody"] = new HeldParked(null),
        ["DoNotDisturbSet on"] = new DoNotDisturbSet(true),
        ["DoNotDisturbSet failed"] = new DoNotDisturbSet(null),
        ["TimerFired Ring"] = new TimerFired(CallTimers.Ring),
        ["TimerFired Sweep"] = new TimerFired(CallTimers.Sweep),
        ["TimerFired Park"] = new TimerFired(CallTimers.Park),
        ["TimerFired Hold"] = new TimerFired(CallTimers.Hold),
        ["TimerFired Playback"] = new TimerFired(CallTimers.Playback),
        ["HangUpRequested ServerStopped"] = new HangUpRequested(CallEnd.ServerStopped),
        ["Recovered"] = new Recovered(),
    };

    [Fact]
    public void Every_state_answers_every_input_as_the_table_says()
    {
        var table = Path.Combine(AppContext.BaseDirectory, "Calls", "CallMachineTable.txt");
        var expected = File.ReadAllLines(table).Where(line => line is [not '#', ..]);
        // To compare with, after a change that is meant.
        File.WriteAllLines(table + ".actual", ActualTable());
        Assert.Equal(string.Join('\n', expected), string.Join('\n', ActualTable()));
    }

    [Fact]
    public void The_table_knows_every_state_and_every_kind_of_input()
    {
        Assert.Equal(Enum.GetValues<CallStage>().ToHashSet(), States.Values.Select(state => state.Stage).ToHashSet());
        // What is about recordings alone does not come to the machine.
        Assert.Equal(KindsOf<CallEvent>().Except(KindsOf<RecordingEvent>()).ToHashSet(), Inputs.Values.Select(input => input.GetType()).ToHashSet());
        Assert.Equal(KindsOf<LegEvent>(), Inputs.Values.OfType<LegReported>().Select(input => input.Report.GetType()).ToHashSet());
    }

    [Fact]
    public void An_input_that_is_not_of_the_closed_set_is_a_bug_and_says_so()
    {
        foreach (var state in States.Values) Assert.Throws<InvalidOperationException>(() => CallMachine.Step(state, null!, Sample.Noon));
    }

    private static HashSet<Type> KindsOf<T>() => typeof(T).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract).ToHashSet();

    private static IEnumerable<string> ActualTable() =>
        from state in States
        from input in Inputs
        let step = CallMachine.Step(state.Value, input.Value, Sample.Noon + TimeSpan.FromSeconds(10))
        select $"{state.Key} | {input.Key} | {Outcome(state.Value, step)} | {string.Join(", ", step.Effects.Select(Text))}".TrimEnd();

    private static string Outcome(CallState before, CallStep step) => Outcome(before, step.State, step.Effects.IsEmpty);

    private static string Outcome(CallState before, CallState after, bool nothingToDo) =>
        ReferenceEquals(before, after) && nothingToDo ? "ignored"
        : after.EndedAt is not null && before.EndedAt is null ? $"{after.Stage} {after.End}"
        : after.Stage.ToString();

    private static string Text(CallEffect effect) => effect switch
    {
        RingDevice ring => $"RingDevice {Name(ring.Leg)}",
        AnswerCaller answer => $"AnswerCaller {answer.Codec?.Name ?? "best"}",
        EndLeg end => $"EndLeg {Name(end.Leg)} {end.Reason}",
        AskStillHeld ask => $"AskStillHeld {ask.Node} {string.Join('+', ask.Legs.Select(Name))}",
        ConnectMedia connect => $"ConnectMedia {Name(connect.Endpoint)}-{Name(connect.Other)}",
        DisconnectMedia disconnect => $"DisconnectMedia {Name(disconnect.Endpoint)}",
        PlayMedia { Source.Kind: MediaSourceKind.Tone } play => $"PlayMedia {Name(play.Endpoint)} {play.Source.Tone}",
        PlayMedia play => $"PlayMedia {Name(play.Endpoint)} {play.Source.Kind}",
        EchoMedia echo => $"EchoMedia {Name(echo.Endpoint)}",
        StartTimer start => string.Create(CultureInfo.InvariantCulture, $"StartTimer {start.Timer} {start.Due.TotalSeconds}s"),
        StopTimer stop => $"StopTimer {stop.Timer}",
        TellTransfer tell => $"TellTransfer {Name(tell.Leg)} {tell.News.Phase}{(tell.News.Reason == CallEnd.None ? "" : " " + tell.News.Reason)}",
        MoveLeg move => $"MoveLeg {Name(move.Leg)} {move.Other.Number}",
        OfferParty offer => $"OfferParty {Name(offer.Request.Party.Leg)} {offer.CallKey}",
        ForwardReport forward => $"ForwardReport {forward.CallKey} {forward.Report.GetType().Name}",
        AskReceiveCall ask => $"AskReceiveCall {ask.Extension}",
        AskTrunk ask => $"AskTrunk {ask.Number} shown as {ask.CallerId ?? "the trunk says"}",
        AskRoom ask => $"AskRoom {ask.Number ?? "of " + ask.Join.Host} {string.Join('+', ask.Join.Members.Select(member => Name(member.Leg)))}{(ask.Join.IsIn ? " again" : "")}{(ask.Join.IsInvited ? " invited" : "")}{(ask.Join.LostNode is { } lost ? " without " + lost : "")}",
        LeaveRoom leave => $"LeaveRoom {leave.Number} {string.Join('+', leave.Legs.Select(Name))}",
        HoldInRoom hold => $"HoldInRoom {Name(hold.Leg)} {(hold.Holding ? "on" : "off")}",
        EnterMix enter => $"EnterMix {Name(enter.Endpoint)} {enter.Room.Mix}",
        TakeSlot take => $"TakeSlot {take.Park.Slot ?? "any"} {Name(take.Park.Party.Leg)}",
        FreeSlot free => $"FreeSlot {free.Slot}",
        FindParty find => $"FindParty {find.Place.Kind} {find.Place.Number ?? "any"}",
        AskTransfer ask => $"AskTransfer {ask.CallKey} {ask.Request.Target}",
        FindDevices find => $"FindDevices {find.Extension} {find.Device ?? "all"}",
        AskHoldTime ask => $"AskHoldTime {Name(ask.Leg)}",
        FindConference find => $"FindConference of {find.Joined?.CallKey ?? "nobody"}",
        AskInvitee ask => $"AskInvitee {ask.Number} {ask.Invitee}",
        TellRoomInvitation tell => $"TellRoomInvitation {tell.Number} {tell.Why}",
        SetDoNotDisturb set => $"SetDoNotDisturb {set.Extension} {(set.On ? "on" : "off")}",
        _ => effect.GetType().Name,
    };

    private static string Name(LegId leg) => leg == Sample.A ? "A" : leg == Sample.B ? "B" : leg == Sample.D ? "D" : leg == Sample.E ? "E" : leg.Value;

    private static string Name(EndpointId endpoint) => endpoint == Sample.EndpointC ? "C" : endpoint == Sample.EndpointA ? "A" : endpoint == Sample.EndpointS ? "S" : endpoint == Sample.EndpointE ? "E" : "B";
}
