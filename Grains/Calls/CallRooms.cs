using System.Collections.Immutable;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// A call in a conference: its one or two legs are in the mix of a room, and stay the call's. Who holds stays a member, sends nothing and is sent
/// nothing. One leg that leaves lets the other go on; with the last one the call is over.
/// </summary>
internal static class CallRooms
{
    public static CallStep InRoom(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        CallerAnswered when state.AnsweredAt is null => Answered(state, now),
        LegReported { Report: LegHeld held } => Change(state, held.Leg, leg => leg with { Holding = true }, now),
        LegReported { Report: LegResumed resumed } => Change(state, resumed.Leg, leg => leg with { Holding = false }, now),
        LegReported { Report: LegAway away } => Change(state, away.Leg, leg => leg with { Away = true }, now),
        LegReported { Report: LegBack back } => Change(state, back.Leg, leg => leg with { Away = false }, now),
        LegReported { Report: LegEnded over } => Left(state, over.Leg, leg => leg.Over(HangUp(over.End)), now),
        LegDismissed dismissed => Left(state, dismissed.Leg, leg => leg.GivenUp(dismissed.Reason), now),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost => LoseNode(state, lost.Node, now),
        MediaRefused => CallEnding.Finish(state, CallEnd.Overloaded, now),
        LegsMissing missing => Members(state).Where(leg => missing.Legs.Contains(leg.Id)).Aggregate(
            CallStep.Ignore(state), (step, leg) => Then(step, next => Left(next, leg.Id, gone => gone.Over(CallEnd.EdgeLost), now))),
        PartyOffered { Request: { Replaces: { } replaced } request } when state.FindLeg(replaced)?.Stage == LegStage.Answered && state.FindLeg(request.Party.Leg) is null =>
            Replace(state, request.Party, replaced, now),
        RoomMovedTo moved => Move(state, moved.Ticket),
        RoomAnswered { Ticket: { } ticket } => Move(state, ticket),
        RoomAnswered { Refusal: CallEnd.RoomFull or CallEnd.RoomLocked or CallEnd.Removed or CallEnd.Cancelled } refused => CallEnding.Finish(state, refused.Refusal, now),
        TimerFired { Timer: CallTimers.Sweep } => CallMachine.Sweep(state).And([.. LookForMix(state), Renew(state, lostNode: null)]),
        TransferAsked asked => Asked(state, asked, now),
        TransferNotAsked failed => TellSettled(state, failed.RequestId, failed.By, CallEnd.Failed),
        InviteeSettled settled => TellSettled(state, settled.RequestId, settled.By, settled.Why),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => Resume(state, now),
        // Whom keys are for is in the mix; a room has no place for one more leg of this call.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or DoNotDisturbSet or PartyOffered
            or PartyAnswered or DevicesFound or TimerFired or PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw CallMachine.Unlisted(state, input),
    };

    /// <summary>A room was dialled and has room for the caller.</summary>
    public static CallStep AnswerCaller(CallState state, RoomTicket ticket, DateTimeOffset now)
    {
        state = state with { Stage = CallStage.InRoom, Room = ticket, Callee = PartyOf(ticket), Timers = CallTimers.Sweep };
        return CallStep.Changed(state, now, AnswerCommand(state), new StartTimer(CallTimers.Sweep, CallMachine.SweepEvery));
    }

    /// <summary>The room takes those who were sent to it, or both of a call that is merged.</summary>
    public static CallStep Enter(CallState before, RoomTicket ticket, DateTimeOffset now)
    {
        var errand = before.Errand!;
        var gone = errand.Legs.RemoveAll(before.Owns);
        if (gone.Length == errand.Legs.Length)
            return CallEnding.Finish(before with { Stage = CallStage.Connected, Errand = null }, before.FindLeg(gone[0])!.End, now).First(new LeaveRoom(ticket.Number, gone));
        if (errand.Legs.Length == 1)
        {
            var (alone, leaving) = CallPlaces.Depart(before, ticket.Number, now);
            alone = alone with { Stage = CallStage.InRoom, Room = ticket, Callee = PartyOf(ticket) };
            return CallStep.Changed(alone, now, [.. leaving, .. Enter(alone)]);
        }

        var state = before with { Stage = CallStage.InRoom, Room = ticket, Errand = null };
        var entered = CallStep.Changed(state, now, [.. Enter(state), .. Tell(state, errand)]);
        return gone.Aggregate(entered, (step, leg) => Then(step, next => Part(next, next.FindLeg(leg)!, now)));
    }

    public static AskRoom Ask(CallState state, string requestId, string? number, string host, ImmutableArray<LegId> legs, bool isIn = false, string? lostNode = null)
    {
        var members = legs.Select(state.FindLeg).OfType<CallLeg>().Where(leg => leg.IsOwned).Select(leg => MemberOf(state, leg)).ToImmutableArray();
        return new AskRoom(requestId, number, new JoinRoom(
            state.CallKey, host, members, members.IsEmpty ? state.CallerLeg.Node : members.First(member => member.Endpoint.Node != lostNode || members.Length == 1).Endpoint.Node, isIn, lostNode));
    }

    /// <summary>What is left to say to the room when the call ends.</summary>
    public static IEnumerable<CallEffect> Leaving(CallState before) =>
        before is { Stage: CallStage.InRoom, Room: { } room } ? [new LeaveRoom(room.Number, [.. before.Legs().Select(leg => leg.Id)])] : [];

    public static Party PartyOf(RoomTicket ticket) => new(ticket.Number, "Conference");

    private static CallStep Answered(CallState state, DateTimeOffset now)
    {
        state = state with { AnsweredAt = now, CallerLeg = state.CallerLeg with { Stage = LegStage.Answered } };
        return CallStep.Changed(state, now, [.. Enter(state)]);
    }

    private static CallStep Change(CallState before, LegId leg, Func<CallLeg, CallLeg> change, DateTimeOffset now)
    {
        if (before.FindLeg(leg) is not { Stage: LegStage.Answered } member || change(member) == member) return CallStep.Ignore(before);
        var state = before.WithLeg(leg, change);
        var changed = state.FindLeg(leg)!;
        if (changed.IsSilent == member.IsSilent) return CallStep.Changed(state, now);
        return CallStep.Changed(state, now, Place(state, changed), new HoldInRoom(state.Room!.Number, leg, changed.IsSilent));
    }

    private static CallStep Left(CallState before, LegId leg, Func<CallLeg, CallLeg> change, DateTimeOffset now)
    {
        if (before.FindLeg(leg) is not { } known) return CallStep.Ignore(before);
        if (!known.IsOwned) return CallStep.To(before.WithLeg(leg, _ => change(known) is { Stage: LegStage.Ended } over ? over : known));
        var state = before.WithLeg(leg, change);
        var left = state.FindLeg(leg)!;
        if (!Members(state).Any())
        {
            var end = before.AnsweredAt is null && left.End == CallEnd.Completed ? CallEnd.Cancelled : left.End;
            var finish = CallEnding.Finish(state, end, now);
            return left.Stage == LegStage.Ending ? finish.First(new EndLeg(left.Id, left.Node, left.End)) : finish;
        }

        return Part(state, left, now);
    }

    /// <summary>One of two has left; the other goes on alone.</summary>
    private static CallStep Part(CallState before, CallLeg left, DateTimeOffset now)
    {
        var line = CallHistory.EntryOf(before, left.Id);
        var state = CallPlaces.Alone(before, Members(before).Single(), left) with { Callee = PartyOf(before.Room!) };
        state = CallHistory.Leave(state, line, left.End, now);
        CallEffect[] end = left.Stage == LegStage.Ending ? [new EndLeg(left.Id, left.Node, left.End)] : [];
        return CallStep.Changed(state, now, [.. end, new LeaveRoom(state.Room!.Number, [left.Id])]);
    }

    /// <summary>A member goes on with another of their devices, or sends somebody to the room in their own place.</summary>
    private static CallStep Replace(CallState before, HandedParty party, LegId replaced, DateTimeOffset now)
    {
        var leg = CallHandover.LegOf(party);
        var by = before.FindLeg(replaced)!;
        var goesOn = CallHandover.GoesOn(before, party, replaced);
        var state = CallSwitching.Replace(before, by, leg, party.Device, goesOn ? CallEnd.AnsweredElsewhere : CallEnd.Completed);
        if (!goesOn) state = CallHandover.Successor(CallHistory.Leave(state, CallHistory.EntryOf(before, replaced), CallEnd.Completed, now), party);
        return CallStep.Changed(
            state, now,
            [new MoveLeg(leg.Id, leg.Node, state.Callee), Place(state, leg), .. CallEnding.EndCommands(before, state), Renew(state, lostNode: null), new LeaveRoom(state.Room!.Number, [replaced])]);
    }

    private static CallStep LoseNode(CallState state, string node, DateTimeOffset now)
    {
        var step = Members(state).Where(leg => leg.Node == node).Aggregate(
            CallStep.Ignore(state), (step, leg) => Then(step, next => Left(next, leg.Id, gone => gone.GivenUp(CallEnd.EdgeLost), now)));
        return step.State.Stage == CallStage.InRoom && state.Room!.Node == node ? step.And(Renew(step.State, node)) : step;
    }

    /// <summary>A mix that dies with its node ends no leg of members that are on others, who would hear nothing any more.</summary>
    private static IEnumerable<AskStillHeld> LookForMix(CallState state) =>
        Members(state).All(leg => leg.Node != state.Room!.Node) ? [new AskStillHeld(state.Room!.Node, [])] : [];

    /// <summary>The mix is elsewhere.</summary>
    private static CallStep Move(CallState state, RoomTicket ticket)
    {
        if (ticket == state.Room) return CallStep.Ignore(state);
        state = state with { Room = ticket };
        return CallStep.To(state, [Journal.It, .. Enter(state)]);
    }

    /// <summary>In a room one asks for others to come in: the far side of another call, or somebody who is called for that.</summary>
    private static CallStep Asked(CallState state, TransferAsked asked, DateTimeOffset now)
    {
        var request = asked.Request;
        if (state.FindLeg(request.Leg) is not { Stage: LegStage.Answered } by) return CallStep.Ignore(state);
        if (request.Kind == MoveKind.Switch) return CallTransfers.Refuse(state, request, CallEnd.Forbidden);
        if (request.Consultation is { } other)
        {
            return CallHandover.IsElsewhere(state, other)
                ? CallStep.To(state, Trying(by, request), SendHere(state, request.RequestId, by.Id, other))
                : CallTransfers.Refuse(state, request, CallEnd.Forbidden);
        }

        var refusal = InviteeOf(asked, out var invitee);
        if (refusal != CallEnd.None) return CallTransfers.Refuse(state, request, refusal);
        return invitee is null
            ? CallStep.To(state, CallTransfers.Tell(by, request.RequestId, TransferPhase.Done, CallEnd.None, state.Room!.Number))
            : CallStep.To(state, Trying(by, request), new AskInvitee(state.Room!.Number, request.RequestId, by.Id, invitee));
    }

    /// <summary>Whom a request calls in: the person or the number outside that its target is, or nobody where it makes a conference and names none.</summary>
    /// <returns>Why they cannot be.</returns>
    public static CallEnd InviteeOf(TransferAsked asked, out string? invitee)
    {
        invitee = asked.Destination switch
        {
            Destination.User user => user.Extension,
            Destination.Outside outside => outside.Number,
            _ => null,
        };
        if (invitee is not null || (asked.Request is { Kind: MoveKind.Merge, Target: "" })) return CallEnd.None;
        return asked.Destination is Destination.Unknown ? CallEnd.NotFound : CallEnd.Forbidden;
    }

    private static TellTransfer Trying(CallLeg by, TransferRequest request) => CallTransfers.Tell(by, request.RequestId, TransferPhase.Trying, CallEnd.None);

    private static CallEffect[] Tell(CallState state, CallErrand errand)
    {
        if (errand.Other is { } other) return [SendHere(state, errand.RequestId, errand.By, other)];
        if (errand.Invitee is { } invitee) return [new AskInvitee(state.Room!.Number, errand.RequestId, errand.By, invitee)];
        return state.FindLeg(errand.By) is { IsOwned: true } by ? [CallTransfers.Tell(by, errand.RequestId, TransferPhase.Done, CallEnd.None, state.Room!.Number)] : [];
    }

    /// <summary>The other call is asked to send its far side to this room; how that goes is told by it, with the same id.</summary>
    private static AskTransfer SendHere(CallState state, string requestId, LegId by, Consultation other) =>
        new(other.CallKey, by, new TransferRequest(requestId, other.Leg, state.Room!.Number, null));

    private static CallStep TellSettled(CallState state, string requestId, LegId leg, CallEnd why)
    {
        if (state.FindLeg(leg) is not { IsOwned: true } by) return CallStep.Ignore(state);
        return CallStep.To(state, why == CallEnd.None
            ? CallTransfers.Tell(by, requestId, TransferPhase.Done, CallEnd.None, state.Room!.Number)
            : CallTransfers.Tell(by, requestId, TransferPhase.Failed, why));
    }

    private static CallStep Resume(CallState state, DateTimeOffset now)
    {
        CallEffect[] commands = state.AnsweredAt is null ? [AnswerCommand(state)] : [.. Enter(state)];
        return CallStep.Changed(
            state, now,
            [.. CallHandover.Claims(state), .. commands, .. CallEnding.EndCommands(state), .. CallMachine.RunningTimers(state, now), Renew(state, lostNode: null)]);
    }

    private static AskRoom Renew(CallState state, string? lostNode) =>
        Ask(state, "", state.Room!.Number, state.CallerExtension, [.. Members(state).Select(leg => leg.Id)], isIn: true, lostNode);

    private static IEnumerable<CallEffect> Enter(CallState state) => Members(state).Select(leg => Place(state, leg));

    internal static CallEffect Place(CallState state, CallLeg leg) =>
        leg.IsSilent ? new DisconnectMedia(leg.Endpoint!.Value) : new EnterMix(leg.Endpoint!.Value, state.Room!);

    private static IEnumerable<CallLeg> Members(CallState state) => state.Legs().Where(leg => leg.IsOwned);

    private static NewMember MemberOf(CallState state, CallLeg leg) => leg.Id == state.CallerLeg.Id
        ? new NewMember(leg.Id, leg.Endpoint!.Value, state.CallerExtension, state.Caller, leg.IsSilent)
        : new NewMember(leg.Id, leg.Endpoint!.Value, state.CalleeExtension!, state.Callee, leg.IsSilent);

    /// <summary>With the best codec that the caller offered: a mix speaks them all.</summary>
    private static AnswerCaller AnswerCommand(CallState state) => new(state.CallerLeg.Id, state.CallerLeg.Node, Codec: null, state.Callee);

    private static CallEnd HangUp(CallEnd end) => end is CallEnd.Cancelled or CallEnd.Declined or CallEnd.Busy or CallEnd.NoAnswer ? CallEnd.Completed : end;

    private static CallStep Then(CallStep step, Func<CallState, CallStep> go)
    {
        if (step.State.EndedAt is not null) return step;
        var next = go(step.State);
        return next with { Effects = [.. step.Effects, .. next.Effects] };
    }
}
