using System.Collections.Immutable;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Calls;

/// <summary>
/// The life of a call: <c>(state, event, now) → (state, effects)</c>, with no clock, no IO and no task in it.
/// <code>
///            Start
///              │ ask the caller's user
///              ▼
///        AskingCaller ──── a service was dialled ────► InService
///              │ ask the callee's user                    │
///              ▼                                          │ played, or the caller hangs up
///        AskingCallee                                     │
///              │ ring every device                        │
///              ▼                                          │
///           Ringing ── all busy, gone, declined, ──┐      │
///              │       or the time is over         │      │
///              │ the first device answers          │      │
///              ▼                                   ▼      ▼
///          Connected ──── either hangs up ───────► Ending ──── every leg is released ────► Ended
/// </code>
/// A refusal, the caller's hang-up, the loss of the caller's node, and <see cref="HangUpRequested"/> lead from every state to Ending.
/// Hold is no state of its own: each of the two legs holds or does not, and <see cref="CallMedia"/> says who hears what.
/// </summary>
/// <remarks>
/// Each state has one method that names every event, those it ignores too: events repeat, and they cross what the call has decided since.
/// A leg that was given up stays in the call as <see cref="LegStage.Ending"/> until its edge has ended it, so no loss leaves a phone ringing.
/// </remarks>
public static class CallMachine
{
    /// <summary>How often edges are asked whether they still hold the legs.</summary>
    public static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30);

    /// <summary>A confirmation sound is shorter than this; its end may get lost.</summary>
    public static readonly TimeSpan PlaybackLimit = TimeSpan.FromSeconds(5);

    public static CallStep Start(string callKey, CallStarted started, DateTimeOffset now)
    {
        var (request, destination) = started;
        var dials = request.Replaces is null && request.Joins is null;
        var state = new CallState
        {
            CallKey = callKey,
            Tenant = request.Tenant,
            Version = Versions.Next(0, now),
            Stage = CallStage.AskingCaller,
            Dialled = request.Dialled,
            CallerExtension = request.CallerExtension,
            CallerDevice = request.Device,
            CallerId = request.CallerId,
            Caller = request.Outside?.Party ?? new Party(request.CallerExtension, ""),
            CallerCodecs = request.Codecs.IsDefault ? [] : request.Codecs,
            CallerLeg = new CallLeg(request.Leg, request.Node, LegStage.Calling) { Endpoint = request.Endpoint },
            Service = destination switch
            {
                Destination.EchoTest => CallService.EchoTest,
                Destination.ToggleDoNotDisturb => CallService.ToggleDoNotDisturb,
                Destination.Place { Where: { Kind: PlaceKind.Slot, Number: null } } when dials => CallService.ParkHeld,
                _ => CallService.None,
            },
            Place = request.Replaces is not null ? new CallPlace(PlaceKind.Pickup, null)
                : request.Joins is not null ? new CallPlace(PlaceKind.JoinedCall, null)
                : destination is Destination.Place { Where: { Kind: not PlaceKind.Slot } or { Number: not null } } place ? place.Where
                : null,
            Wanted = request.Replaces is { } wanted && CallHandover.IsOfTenant(request.Tenant, wanted) ? wanted : null,
            Joins = request.Joins is { } joined && CallHandover.IsOfTenant(request.Tenant, joined) ? joined : null,
            Intercom = dials && destination is Destination.User { Intercom: true },
            CalleeExtension = dials ? CalleeOf(destination) : null,
            Callee = new Party(destination is Destination.Outside outside ? outside.Number : CalleeOf(destination) ?? request.Dialled, ""),
            StartedAt = now,
        };
        // Whoever calls from outside is nobody's user, who could be asked; where they may get, the numbering plan has said.
        return request.Outside is { } caller ? Route(state, new CallerDecision(CallEnd.None, caller.Party, DoNotDisturb: false), now) : CallStep.To(state, Journal.It, AskCaller(state));
    }

    public static CallStep Step(CallState state, CallEvent input, DateTimeOffset now) =>
        StepAt(state, input, input is LegReported { Report: LegEnded { At: { } at } } ? Within(state, at, now) : now);

    private static CallStep StepAt(CallState state, CallEvent input, DateTimeOffset now) => state.Stage switch
    {
        _ when input is TransferAsked { Request: var request } && Outsider.Has(state, request.Leg) => CallTransfers.Refuse(state, request, CallEnd.Forbidden),
        not CallStage.Connected when input is TimerFired { Timer: CallTimers.Hold } => CallHolding.Elsewhere(state, now),
        not CallStage.InService when input is HeldParked => CallStep.Ignore(state),
        not CallStage.Connected and not CallStage.Switching when input is HoldTimed => CallStep.Ignore(state),
        CallStage.AskingCaller => AskingCaller(state, input, now),
        CallStage.AskingCallee => AskingCallee(state, input, now),
        CallStage.Ringing => Ringing(state, input, now),
        CallStage.Connected => Connected(state, input, now),
        CallStage.Giving => Giving(state, input, now),
        CallStage.InService => InService(state, input, now),
        CallStage.Ending => Ending(state, input),
        CallStage.Ended => Ended(state, input),
        CallStage.AskingPlace => CallPlaces.AskingPlace(state, input, now),
        CallStage.Moving => CallPlaces.Moving(state, input, now),
        CallStage.InRoom => CallRooms.InRoom(state, input, now),
        CallStage.Parked => CallSlots.Parked(state, input, now),
        CallStage.Switching => CallSwitching.Switching(state, input, now),
        _ => throw Unlisted(state, input),
    };

    private static CallStep AskingCaller(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        CallerDecided { Decision.Refusal: CallEnd.None } allowed => Route(state, allowed.Decision, now),
        CallerDecided refused => CallEnding.Finish(state with { Caller = refused.Decision.Caller }, refused.Decision.Refusal, now),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        NodeLost lost when lost.Node == state.CallerLeg.Node => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallStep.To(state, AskCaller(state)),
        // Only the caller's user was asked anything yet, and no timer runs.
        CallStarted or DeviceJoined or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or LegReleased or NodeLost or LegsMissing
            or MediaRefused or DoNotDisturbSet or TransferAsked or PartyOffered or PartyAnswered or DevicesFound or TimerFired => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep AskingCallee(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        CalleeDecided { Plan.Refusal: CallEnd.None } allowed => CallRinging.Ring(state, allowed.Plan, now),
        CalleeDecided refused => CallTransfers.NotReached(state with { Callee = refused.Plan.Callee }, refused.Plan.Refusal, now),
        DeviceJoined joined => CallRinging.Expect(state, joined),
        LegReported { Report: LegHeld or LegResumed or LegAway or LegBack } flag => Note(state, flag.Report, now),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        LegReported { Report: LegEnded over } when over.Leg == state.Transfer?.By?.Id => CallTransfers.TransferorLeft(state, over.End, now),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost when CallEnding.LosesCaller(state, lost.Node) => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        NodeLost lost when lost.Node == state.Transfer?.By?.Node => CallTransfers.TransferorLeft(state, CallEnd.EdgeLost, now),
        LegsMissing missing when missing.Legs.Contains(state.CallerLeg.Id) => CallEnding.CallerLeft(state, CallEnd.EdgeLost, now),
        LegsMissing missing when state.Transfer?.By is { } by && missing.Legs.Contains(by.Id) => CallTransfers.TransferorLeft(state, CallEnd.EdgeLost, now),
        TimerFired { Timer: CallTimers.Sweep } => Sweep(state),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        PartyOffered offered => CallHandover.Adopt(state, offered.Request, now),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallStep.To(state, [.. CallHandover.Claims(state), .. Waiting(state), AskCallee(state), .. CallEnding.EndCommands(state), .. RunningTimers(state, now)]),
        // No device rings yet.
        CallStarted or CallerDecided or LegReported or DeviceUnreachable or CallerAnswered or NodeLost or MediaRefused or LegsMissing or DoNotDisturbSet
            or PartyAnswered or DevicesFound or TimerFired => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep Ringing(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        LegReported { Report: LegRinging alerting } => CallRinging.DeviceRings(state, alerting.Leg, now),
        LegReported { Report: LegAnswered answered } => Connect(state, answered, now),
        LegReported { Report: LegHeld or LegResumed } flag => Note(state, flag.Report, now),
        LegReported { Report: LegAway away } => CallMedia.Away(state, away.Leg, true, now),
        LegReported { Report: LegBack back } => CallMedia.Away(state, back.Leg, false, now),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        LegReported { Report: LegEnded over } when over.Leg == state.Transfer?.By?.Id => CallTransfers.TransferorLeft(state, over.End, now),
        LegReported { Report: LegEnded over } => CallEnding.ForkOver(state, over.Leg, over.End, now),
        DeviceUnreachable gone => CallEnding.ForkOver(state, gone.Leg, CallEnd.Unreachable, now),
        DeviceJoined joined => CallRinging.Join(state, joined, now),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost => CallEnding.RingingNodeLost(state, lost.Node, now),
        LegsMissing missing => CallEnding.RingingLegsMissing(state, missing.Legs, now),
        TimerFired { Timer: CallTimers.Ring } => CallTransfers.NotReached(Fired(state, CallTimers.Ring), CallEnding.RangOut(state), now),
        TimerFired { Timer: CallTimers.Sweep } => Sweep(state),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        PartyOffered { Request.Replaces: null } offered => CallPickup.Answer(state, offered.Request.Party, now),
        PartyOffered offered => CallHandover.Adopt(state, offered.Request, now),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => Resume(state, now),
        // Before the answer there is nobody to type for or to play to; routing is over.
        CallStarted or CallerDecided or CalleeDecided or LegReported or CallerAnswered or MediaRefused or DoNotDisturbSet or PartyAnswered or DevicesFound or TimerFired =>
            CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep Connected(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        LegReported { Report: LegHeld held } => CallHolding.Held(state, held.Leg, now),
        LegReported { Report: LegResumed resumed } => CallHolding.Resumed(state, resumed.Leg, now),
        HoldTimed timed => CallHolding.Timed(state, timed, now),
        TimerFired { Timer: CallTimers.Hold } => CallHolding.TimeIsOver(state, now),
        LegReported { Report: LegAway away } => CallMedia.Away(state, away.Leg, true, now),
        LegReported { Report: LegBack back } => CallMedia.Away(state, back.Leg, false, now),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        LegReported { Report: LegEnded over } => CallEnding.CalleeLeft(state, over.Leg, over.End, now),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost when IsOnNode(state, lost.Node) => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        MediaRefused => CallEnding.Finish(state, CallEnd.Overloaded, now),
        LegsMissing missing => CallEnding.ConnectedLegsMissing(state, missing.Legs, now),
        TimerFired { Timer: CallTimers.Sweep } => Sweep(state),
        TransferAsked asked => CallTransfers.Asked(state, asked, now),
        PartyOffered offered => CallHandover.Adopt(state, offered.Request, now),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => Resume(state, now),
        // Keys went to the other side already. A second answer lost the race: its leg is given up and its edge was told.
        LegReported { Report: LegDigit or LegAnswered or LegRinging or LegPlaybackFinished or LegAlive } => CallStep.Ignore(state),
        // Routing is over; a ring timer may cross the answer; a lost node may hold only forks that are given up.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or DeviceUnreachable or CallerAnswered or NodeLost or DoNotDisturbSet or PartyAnswered or DevicesFound or TimerFired =>
            CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep Giving(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        PartyAnswered answer => CallHandover.Answered(state, answer, now),
        LegReported { Report: LegHeld or LegResumed or LegAway or LegBack or LegEnded } heard when heard.Report.Leg == state.Giving!.Leg => CallHandover.Hear(state, heard.Report),
        LegReported { Report: LegHeld or LegResumed or LegAway or LegBack } flag => Note(state, flag.Report, now),
        LegReported { Report: LegEnded over } when over.Leg == state.Giving!.By => CallStep.Changed(state.WithLeg(over.Leg, leg => leg.Over(over.End)), now),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        // The party may be the other call's already, which looks after them.
        LegsMissing missing when state.Giving!.By is { } by && missing.Legs.Contains(by) => CallStep.Changed(state.WithLeg(by, leg => leg.Over(CallEnd.EdgeLost)), now),
        TimerFired { Timer: CallTimers.Sweep } => Sweep(state),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallStep.To(state, [CallHandover.Offer(state), .. CallEnding.EndCommands(state), .. RunningTimers(state, now)]),
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or NodeLost or MediaRefused or LegsMissing
            or DoNotDisturbSet or PartyOffered or DevicesFound or TimerFired => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep InService(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        CallerAnswered when state.AnsweredAt is null => CallServices.Answered(state, now),
        DoNotDisturbSet set => CallServices.Confirm(state, set.On, now),
        HeldParked parked => CallServices.Say(state, parked.Slot, now),
        LegReported { Report: var stranger } when stranger.Leg != state.CallerLeg.Id => CallStep.Ignore(state),
        LegReported { Report: LegPlaybackFinished } => CallServices.Played(state, timeIsOver: false, now),
        TimerFired { Timer: CallTimers.Playback } => CallServices.Played(state, timeIsOver: true, now),
        LegReported { Report: LegHeld } => CallServices.Hold(state, true, now),
        LegReported { Report: LegResumed } => CallServices.Hold(state, false, now),
        LegReported { Report: LegEnded over } => CallEnding.CallerLeft(state, over.End, now),
        NodeLost lost when lost.Node == state.CallerLeg.Node => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        LegsMissing missing when missing.Legs.Contains(state.CallerLeg.Id) => CallEnding.CallerLeft(state, CallEnd.EdgeLost, now),
        TimerFired { Timer: CallTimers.Sweep } => Sweep(state),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallServices.Resume(state, now).And(RunningTimers(state, now)),
        // There is one leg, and it is the caller's.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or LegReleased or NodeLost or LegsMissing
            or MediaRefused or PartyOffered or PartyAnswered or DevicesFound or TimerFired => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep Ending(CallState state, CallEvent input) => input switch
    {
        LegReported { Report: LegEnded over } => CallEnding.Released(state, over.Leg),
        LegReleased released => CallEnding.Released(state, released.Leg),
        Recovered => CallStep.To(state, [.. CallEnding.EndCommands(state)]),
        // The end is decided. A lost node's legs are released when telling it has failed for good.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or NodeLost or LegsMissing
            or MediaRefused or DoNotDisturbSet or TransferAsked or PartyOffered or PartyAnswered or DevicesFound or TimerFired or HangUpRequested => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static CallStep Ended(CallState state, CallEvent input) => input switch
    {
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or LegReleased or NodeLost or LegsMissing
            or MediaRefused or DoNotDisturbSet or TransferAsked or PartyOffered or PartyAnswered or DevicesFound or TimerFired or HangUpRequested or Recovered => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw Unlisted(state, input),
    };

    private static AskPlaceCall AskCaller(CallState state) => new(state.CallerExtension, state.Dialled, state.CallerId);

    internal static CallEffect AskCallee(CallState state) => Outsider.Is(state.CalleeExtension)
        ? new AskTrunk(state.Callee.Number, Outsider.Is(state.CallerExtension) || state.Caller.Number == state.CallerExtension ? null : state.Caller.Number)
        : new AskReceiveCall(state.CalleeExtension!, new IncomingCall(state.CallKey, state.Caller, state.CallerExtension, state.Intercom));

    private static string? CalleeOf(Destination destination) => destination switch
    {
        Destination.User user => user.Extension,
        Destination.Outside => Outsider.Extension,
        _ => null,
    };

    private static CallStep Route(CallState state, CallerDecision decision, DateTimeOffset now)
    {
        state = state with { Caller = decision.Caller };
        if (state.Place is not null)
        {
            var asking = state with { Stage = CallStage.AskingPlace };
            if (state.Wanted is { } wanted) return CallPickup.AnswerCaller(asking, new PartyFound(wanted.CallKey, wanted.Leg), now);
            // Whoever rings may be looked for more than once, and the caller's lamp shows meanwhile that they are busy.
            return asking.Place!.Kind == PlaceKind.Pickup
                ? CallStep.Changed(asking, now, CallPlaces.Ask(asking))
                : CallStep.To(asking, Journal.It, CallPlaces.Ask(asking));
        }

        if (state.CalleeExtension is not null)
        {
            var asked = state with { Stage = CallStage.AskingCallee, CalleeAsked = true };
            return CallStep.To(asked, Journal.It, AskCallee(asked));
        }

        return state.Service == CallService.None
            ? CallEnding.Finish(state, CallEnd.NotFound, now)
            : CallServices.Answer(state with { SetsDoNotDisturb = !decision.DoNotDisturb }, now);
    }

    internal static CallStep Connect(CallState ringing, LegAnswered answered, DateTimeOffset now)
    {
        if (ringing.Forks.FirstOrDefault(fork => fork.Id == answered.Leg) is not { IsOwned: true }) return CallStep.Ignore(ringing);
        if (ringing.Invitation is not null) return CallInvitations.Enter(ringing, answered, now);
        // A party who was transferred was answered long ago.
        CallEffect[] answer = ringing.CallerLeg.Stage == LegStage.Answered ? [] : [CallerCommand(ringing, answered.Codec)];
        var (state, leaving) = CallTransfers.Leave(ringing, now);
        state = state with
        {
            Stage = CallStage.Connected,
            AnsweredBy = answered.Leg,
            AnsweredAt = now,
            CallerLeg = state.CallerLeg with { Stage = LegStage.Answered },
            Forks = [.. state.Forks.Select(fork => fork.Id == answered.Leg
                ? fork with { Stage = LegStage.Answered, Rang = true, Endpoint = answered.Endpoint, Codec = answered.Codec }
                : fork.IsOwned ? fork.GivenUp(CallEnd.AnsweredElsewhere) : fork)],
            Spares = [],
            Transfer = null,
            Slot = null,
            Timers = state.Timers & ~(CallTimers.Ring | CallTimers.Park),
        };
        return CallStep.Changed(
            state, now,
            [.. answer, .. leaving, .. CallSlots.Leaving(ringing), .. CallMedia.Reconnect(state), .. CallEnding.StopTimers(ringing.Timers & (CallTimers.Ring | CallTimers.Park)), .. CallEnding.EndCommands(ringing, state).Except(leaving.OfType<EndLeg>())]);
    }

    /// <summary>Asks the edges for the legs, and tells users again: one who was restarted has forgotten the call.</summary>
    internal static CallStep Sweep(CallState state) => CallStep.To(state,
        [PublishView.It, .. state.Legs()
            // A leg that only was asked to ring may not have reached its edge yet.
            .Where(leg => leg.IsOwned && leg.Id != state.Giving?.Leg && (leg.Rang || leg.Device is null))
            .GroupBy(leg => leg.Node, leg => leg.Id)
            .Select(node => new AskStillHeld(node.Key, [.. node]))]);

    /// <summary>Does again what may have been lost with the activation that had asked for it.</summary>
    private static CallStep Resume(CallState state, DateTimeOffset now)
    {
        ImmutableArray<CallEffect> commands = state.Stage == CallStage.Connected
            ? [.. AnswerCommand(state), .. CallMedia.Reconnect(state)]
            : [.. CallRinging.Commands(state), .. Waiting(state)];
        return CallStep.Changed(
            state, now, [.. CallHandover.Claims(state), .. commands, .. CallEnding.EndCommands(state), .. RunningTimers(state, now), .. CallHolding.Asks(state)]);
    }

    /// <summary>Answering an answered leg again changes nothing; one that came from another call was answered there.</summary>
    private static CallEffect[] AnswerCommand(CallState state) => state.CallerLine is null ? [CallerCommand(state, state.Answerer!.Codec)] : [];

    private static AnswerCaller CallerCommand(CallState state, MediaCodec? codec) => new(state.CallerLeg.Id, state.CallerLeg.Node, codec, state.Callee);

    /// <summary>A caller who was answered already waits with a sound from us; any other hears what their own phone makes of 180.</summary>
    private static CallEffect[] Waiting(CallState state) => state.CallerLeg.Stage == LegStage.Answered ? [CallTransfers.Waiting(state)]
        : state.Invitation is null && state.Forks.Any(fork => fork.Rang) ? [new ShowRinging(state.CallerLeg.Id, state.CallerLeg.Node)] : [];

    /// <summary>Before there is a far side to hear of it, what a leg that was answered does is only noted.</summary>
    internal static CallStep Note(CallState state, LegEvent report, DateTimeOffset now)
    {
        if (state.FindLeg(report.Leg) is not { Stage: LegStage.Answered } leg) return CallStep.Ignore(state);
        var noted = report switch
        {
            LegHeld => leg with { Holding = true },
            LegResumed => leg with { Holding = false },
            LegAway => leg with { Away = true },
            _ => leg with { Away = false },
        };
        return noted == leg ? CallStep.Ignore(state) : CallStep.Changed(state.WithLeg(leg.Id, _ => noted), now);
    }

    /// <summary>Commands that start every timer which the call has running.</summary>
    internal static CallEffect[] RunningTimers(CallState state, DateTimeOffset now)
    {
        var timers = new List<CallEffect>(2);
        if (state.Timers.HasFlag(CallTimers.Ring))
        {
            var left = state.RingUntil!.Value - now;
            timers.Add(new StartTimer(CallTimers.Ring, left > TimeSpan.Zero ? left : TimeSpan.Zero));
        }

        if (state.Timers.HasFlag(CallTimers.Sweep)) timers.Add(new StartTimer(CallTimers.Sweep, SweepEvery));
        if (state.Timers.HasFlag(CallTimers.Park))
        {
            var left = state.ParkUntil!.Value - now;
            timers.Add(new StartTimer(CallTimers.Park, left > TimeSpan.Zero ? left : TimeSpan.Zero));
        }

        if (state.Timers.HasFlag(CallTimers.Hold))
        {
            var left = state.HoldUntil!.Value - now;
            timers.Add(new StartTimer(CallTimers.Hold, left > TimeSpan.Zero ? left : TimeSpan.Zero));
        }

        if (state.Timers.HasFlag(CallTimers.Playback)) timers.Add(new StartTimer(CallTimers.Playback, CallServices.LimitOf(state)));
        return [.. timers];
    }

    /// <summary>A timer that fires once is not running any more.</summary>
    private static CallState Fired(CallState state, CallTimers timer) => state with { Timers = state.Timers & ~timer };

    /// <summary>By another machine's clock, which may be wrong: a call does not end before it was answered, and not later than now.</summary>
    private static DateTimeOffset Within(CallState state, DateTimeOffset at, DateTimeOffset now)
    {
        var earliest = state.AnsweredAt ?? state.StartedAt;
        return at > now ? now : at > earliest ? at : earliest < now ? earliest : now;
    }

    private static bool IsOnNode(CallState state, string node) => state.CallerLeg.Node == node || state.Answerer!.Node == node;

    internal static InvalidOperationException Unlisted(CallState state, CallEvent? input) =>
        new($"A call in {state.Stage} has no line for {input?.GetType().Name ?? "nothing"}.");
}
