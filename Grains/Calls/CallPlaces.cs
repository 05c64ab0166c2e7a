using System.Collections.Immutable;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// The ways to a place that is no person: a room or a slot. Who dials one is answered when it says yes; who is sent to one stays where they are
/// until then, so that a refusal changes nothing:
/// <code>
///   AskingPlace ── a room says yes ─────────────────────────► InRoom
///        │  └───── somebody is parked or rings there ───────► Giving (to the call that has them)
///        └──────── refused, nobody ─────────────────────────► Ending
///   Connected ── sent to a room or a slot, or merged ──► Moving ── yes ──► InRoom, Parked
///        ▲                                                  │
///        └──────────────────── refused ─────────────────────┘
/// </code>
/// </summary>
internal static class CallPlaces
{
    public static CallStep AskingPlace(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        RoomAnswered { Ticket: { } ticket } => CallRooms.AnswerCaller(state, ticket, now),
        RoomAnswered refused => CallEnding.Finish(state, refused.Refusal, now),
        ConferenceFound { Number: { } number } when state.Place!.Kind == PlaceKind.JoinedCall => AskRoom(state with { Place = new CallPlace(PlaceKind.Room, number) }),
        ConferenceFound when state.Place!.Kind == PlaceKind.JoinedCall => CallEnding.Finish(state, CallEnd.NotFound, now),
        PartyFound { CallKey: { } callKey } found when callKey != state.CallKey => CallPickup.AnswerCaller(state, found, now),
        PartyFound found => CallEnding.Finish(state, found.CallKey is null ? found.Why : CallEnd.NotFound, now),
        CallerAnswered when state.Wanted is not null => CallPickup.Begin(state),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        NodeLost lost when lost.Node == state.CallerLeg.Node => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => state.Wanted is null ? CallStep.To(state, Ask(state)) : CallStep.To(state, [CallPickup.AnswerCommand(state), .. CallMachine.RunningTimers(state, now)]),
        // The caller waits for the place alone, and no timer runs.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or LegReleased or NodeLost or LegsMissing
            or MediaRefused or DoNotDisturbSet or TransferAsked or PartyOffered or PartyAnswered or DevicesFound or TimerFired or PlaceEvent => Unwanted(state, input),
        _ => throw CallMachine.Unlisted(state, input),
    };

    public static CallStep Moving(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        RoomAnswered answer when answer.RequestId == state.Errand!.RequestId => answer.Ticket is { } ticket
            ? CallRooms.Enter(state, ticket, now)
            : Back(state, answer.Refusal, now),
        SlotAnswered answer when answer.RequestId == state.Errand!.RequestId => answer.Refusal == CallEnd.None
            ? CallSlots.Enter(state, answer, now)
            : Back(state, answer.Refusal, now),
        LegReported { Report: LegHeld or LegResumed or LegAway or LegBack } flag => CallMachine.Note(state, flag.Report, now),
        LegReported { Report: LegEnded over } when state.Owns(over.Leg) => CallStep.Changed(state.WithLeg(over.Leg, leg => leg.Over(over.End)), now),
        LegReported { Report: LegEnded over } => CallStep.To(state.WithLeg(over.Leg, leg => leg.Over(over.End))),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost => GiveUp(state, leg => leg.Node == lost.Node, now),
        LegsMissing missing when missing.Legs.Any(state.Owns) => CallStep.Changed(state.WithLegs(leg => missing.Legs.Contains(leg.Id) ? leg.Over(CallEnd.EdgeLost) : leg), now),
        TimerFired { Timer: CallTimers.Sweep } => CallMachine.Sweep(state),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallStep.To(state, [.. CallHandover.Claims(state), Ask(state), .. CallEnding.EndCommands(state), .. CallMachine.RunningTimers(state, now)]),
        // Whether the two find a way to each other matters again only if they go back to each other.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or MediaRefused or LegsMissing or DoNotDisturbSet
            or PartyOffered or PartyAnswered or DevicesFound or TimerFired or PlaceEvent => Unwanted(state, input),
        _ => throw CallMachine.Unlisted(state, input),
    };

    private static CallStep AskRoom(CallState state) => CallStep.To(state, Journal.It, Ask(state));

    /// <summary>A place says yes to a call that does not want it any more.</summary>
    public static CallStep Unwanted(CallState state, CallEvent input) => input switch
    {
        RoomAnswered { Ticket: { } ticket } answer => CallStep.To(state, new LeaveRoom(ticket.Number, answer.Legs)),
        SlotAnswered { Refusal: CallEnd.None } answer when answer.Slot != state.Slot?.Slot => CallStep.To(state, new FreeSlot(answer.Slot)),
        _ => CallStep.Ignore(state),
    };

    /// <summary>A leg's user sends the other party to a place, or makes a conference of the call.</summary>
    public static CallStep Begin(CallState state, TransferRequest request, CallPlace place, string? invitee = null)
    {
        var by = state.FindLeg(request.Leg)!;
        var other = by.Id == state.CallerLeg.Id ? state.Answerer! : state.CallerLeg;
        var extension = by.Id == state.CallerLeg.Id ? state.CallerExtension : state.CalleeExtension!;
        var merges = request.Kind == MoveKind.Merge;
        state = state with
        {
            Stage = CallStage.Moving,
            Errand = new CallErrand(request.RequestId, by.Id, extension, place, merges ? [by.Id, other.Id] : [other.Id], request.Consultation, invitee),
        };
        return CallStep.To(state, Journal.It, CallTransfers.Tell(by, request.RequestId, TransferPhase.Trying, CallEnd.None), Ask(state));
    }

    /// <summary>Asks the place that was dialled, or the one that somebody is sent to.</summary>
    public static CallEffect Ask(CallState state) => (state.Errand, state.Place) switch
    {
        ({ Place: { Kind: PlaceKind.Room } room } errand, _) => CallRooms.Ask(state, errand.RequestId, room.Number, errand.Extension, errand.Legs),
        ({ } errand, _) => CallSlots.Ask(state, errand),
        (_, { Kind: PlaceKind.Room } room) => CallRooms.Ask(state, state.CallId, room.Number, state.CallerExtension, [state.CallerLeg.Id]),
        (_, { Kind: PlaceKind.JoinedCall }) => new FindConference(state.Joins),
        (_, { } place) => new FindParty(place, state.CallerExtension, state.CallerDevice),
        _ => throw new InvalidOperationException($"{state.CallKey} is on the way to no place."),
    };

    /// <summary>The one who sent the party is out: the party is alone in the call, on the caller's side.</summary>
    public static (CallState State, ImmutableArray<CallEffect> Effects) Depart(CallState before, string place, DateTimeOffset now)
    {
        var errand = before.Errand!;
        var by = before.FindLeg(errand.By)!;
        var stays = by.Id == before.CallerLeg.Id ? before.Answerer! : before.CallerLeg;
        var byLine = CallHistory.EntryOf(before, by.Id);
        var state = Alone(before, stays, by.IsOwned ? by.GivenUp(CallEnd.Completed) : by);
        state = CallHistory.Leave(state, byLine, CallEnd.Completed, now) with { Errand = null };
        return (state, by.IsOwned ? [CallTransfers.Tell(by, errand.RequestId, TransferPhase.Done, CallEnd.None, place), new EndLeg(by.Id, by.Node, CallEnd.Completed)] : []);
    }

    /// <summary>One leg goes on alone, on the caller's side, with the entry of its user; the other is <paramref name="left"/>.</summary>
    public static CallState Alone(CallState before, CallLeg stays, CallLeg left)
    {
        var line = CallHistory.EntryOf(before, stays.Id);
        var state = before with
        {
            Former = before.Former.AddRange(before.Forks.Where(fork => fork.Id != stays.Id && fork.Id != left.Id)).Add(left),
            Forks = [],
            AnsweredBy = null,
            CallerLine = line,
            CalleeLine = null,
            CalleeExtension = null,
            CalleeAsked = false,
            Callee = line.Peer,
        };
        return stays.Id == before.CallerLeg.Id ? state : state with
        {
            CallerLeg = stays,
            CallerExtension = before.CalleeExtension!,
            CallerDevice = stays.Device?.Id ?? "",
            Caller = before.Callee,
            CallerCodecs = stays.Codec is { } codec ? [codec] : before.CallerCodecs,
        };
    }

    /// <summary>The place does not take them: all is as it was, but for what happened meanwhile.</summary>
    private static CallStep Back(CallState state, CallEnd reason, DateTimeOffset now)
    {
        var errand = state.Errand!;
        state = state with { Stage = CallStage.Connected, Errand = null };
        if (!state.CallerLeg.IsOwned) return CallEnding.Finish(state, state.CallerLeg.End, now);
        if (!state.Answerer!.IsOwned) return CallEnding.Finish(state, state.Answerer.End, now);
        return CallStep.Changed(
            state, now, [CallTransfers.Tell(state.FindLeg(errand.By)!, errand.RequestId, TransferPhase.Failed, reason), .. CallMedia.Reconnect(state)]);
    }

    private static CallStep GiveUp(CallState before, Func<CallLeg, bool> which, DateTimeOffset now)
    {
        var state = before.WithLegs(leg => leg.IsOwned && which(leg) ? leg.GivenUp(CallEnd.EdgeLost) : leg);
        return ReferenceEquals(state, before) ? CallStep.Ignore(state) : CallStep.Changed(state, now, [.. CallEnding.EndCommands(before, state)]);
    }
}
