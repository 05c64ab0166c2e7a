using System.Collections.Immutable;
using Webphone.Grains.Media;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// A party waits in a slot, with music, until somebody takes them: by dialling the slot, or the one who parked them, who is rung after a time.
/// <code>
///   Parked ── taken ────────────────────────► Connected (the slot is free)
///     │ ▲
///     │ └── nobody answers ──┐
///     └── the time is over ──► AskingCallee, Ringing: the one who parked them is rung; the slot stays theirs, and may be dialled
/// </code>
/// </summary>
internal static class CallSlots
{
    /// <summary>Nobody waits in a slot for longer.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromHours(1);

    public static CallStep Parked(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        TimerFired { Timer: CallTimers.Park } => Recall(state with { Timers = state.Timers & ~CallTimers.Park }, now),
        PartyOffered { Request.Replaces: null } offered => CallPickup.Answer(state, offered.Request.Party, now),
        LegReported { Report: LegHeld or LegResumed or LegAway or LegBack } flag => CallMachine.Note(state, flag.Report, now),
        LegReported { Report: LegEnded over } when over.Leg == state.CallerLeg.Id => CallEnding.CallerLeft(state, over.End, now),
        LegReported { Report: LegEnded over } => CallStep.To(state.WithLeg(over.Leg, leg => leg.Over(over.End))),
        LegReleased released => CallStep.To(state.WithLeg(released.Leg, leg => leg.Released())),
        NodeLost lost when lost.Node == state.CallerLeg.Node => CallEnding.Finish(state, CallEnd.EdgeLost, now),
        LegsMissing missing when missing.Legs.Contains(state.CallerLeg.Id) => CallEnding.CallerLeft(state, CallEnd.EdgeLost, now),
        TimerFired { Timer: CallTimers.Sweep } => CallMachine.Sweep(state).And(Renew(state)),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        HangUpRequested asked => CallEnding.Finish(state, asked.Reason, now),
        Recovered => CallStep.Changed(
            state, now, [.. CallHandover.Claims(state), Music(state), .. CallEnding.EndCommands(state), .. CallMachine.RunningTimers(state, now), Renew(state)]),
        // The party is alone. A slot that says no to who is in it was lost and given to another: the one who parked them is rung all the same.
        CallStarted or DeviceJoined or CallerDecided or CalleeDecided or LegReported or DeviceUnreachable or CallerAnswered or NodeLost or LegsMissing or MediaRefused
            or DoNotDisturbSet or PartyOffered or PartyAnswered or DevicesFound or TimerFired or SlotAnswered => CallStep.Ignore(state),
        PlaceEvent => CallPlaces.Unwanted(state, input),
        _ => throw CallMachine.Unlisted(state, input),
    };

    public static TakeSlot Ask(CallState state, CallErrand errand)
    {
        var party = state.FindLeg(errand.Legs[0])!;
        var (who, by) = party.Id == state.CallerLeg.Id ? (state.Caller, state.Callee) : (state.Callee, state.Caller);
        return new TakeSlot(errand.RequestId, new ParkParty(errand.Place.Number, new ParkedParty(state.CallKey, party.Id, who, errand.Extension, by, state.AnsweredAt ?? state.StartedAt)));
    }

    /// <summary>The slot takes the party.</summary>
    public static CallStep Enter(CallState before, SlotAnswered answer, DateTimeOffset now)
    {
        var errand = before.Errand!;
        var party = before.FindLeg(errand.Legs[0])!;
        if (!party.IsOwned) return CallEnding.Finish(before with { Stage = CallStage.Connected, Errand = null }, party.End, now).First(new FreeSlot(answer.Slot));
        var by = errand.By == before.CallerLeg.Id ? before.Caller : before.Callee;
        var (state, leaving) = CallPlaces.Depart(before, answer.Slot, now);
        state = Waits(state with { Slot = new CallParking(answer.Slot, errand.Extension, by, now, answer.ParkTime) }, now);
        return CallStep.Changed(state, now, [.. leaving, Music(state), new StartTimer(CallTimers.Park, answer.ParkTime)]);
    }

    /// <summary>The one who parked the party did not take them back: they wait on, but not for ever.</summary>
    public static CallStep Again(CallState before, CallState withoutTarget, ImmutableArray<CallEffect> effects, DateTimeOffset now)
    {
        var state = Waits(withoutTarget with { Transfer = null, CalleeExtension = null, CalleeAsked = false, CalleeLine = null, AnsweredBy = null }, now);
        return CallStep.Changed(state, now, [.. effects, Music(state), new StartTimer(CallTimers.Park, before.Slot!.Time)]);
    }

    /// <summary>Whether a parked party whom nobody took may wait on.</summary>
    public static bool MayWait(CallState state, DateTimeOffset now) => state.Slot is { } slot && state.CallerLeg.IsOwned && now - slot.Since < MaxTime;

    /// <summary>The slot is not theirs any more.</summary>
    public static IEnumerable<CallEffect> Leaving(CallState before) => before.Slot is { } slot ? [new FreeSlot(slot.Slot)] : [];

    private static CallState Waits(CallState state, DateTimeOffset now) => state with
    {
        Stage = CallStage.Parked,
        ParkUntil = now + state.Slot!.Time,
        Callee = new Party(state.Slot.Slot, "Parked"),
        Timers = (state.Timers & ~CallTimers.Ring) | CallTimers.Park,
    };

    private static CallStep Recall(CallState state, DateTimeOffset now)
    {
        var slot = state.Slot!;
        return CallTransfers.Ask(state with { Transfer = new CallTransfer("", null, slot.ByExtension, slot.By, null, Recalls: true, BackFrom: new Party(slot.Slot, "Parked")) }, slot.ByExtension, slot.By, now);
    }

    private static TakeSlot Renew(CallState state)
    {
        var slot = state.Slot!;
        return new TakeSlot("", new ParkParty(slot.Slot, new ParkedParty(state.CallKey, state.CallerLeg.Id, state.Caller, slot.ByExtension, slot.By, slot.Since)));
    }

    private static PlayMedia Music(CallState state) => new(state.CallerLeg.Endpoint!.Value, MediaSource.HoldMusic(state.Tenant));
}
