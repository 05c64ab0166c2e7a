using System.Collections.Immutable;

namespace Webphone.Grains.Calls;

/// <summary>How legs and calls end, and what a call with many devices makes of their refusals.</summary>
internal static class CallEnding
{
    /// <summary>Ends the call for its users and gives up every leg that is left.</summary>
    public static CallStep Finish(CallState before, CallEnd end, DateTimeOffset now)
    {
        var state = before.WithLegs(leg => leg.IsOwned ? leg.GivenUp(end) : leg) with
        {
            Stage = CallStage.Ending,
            End = end,
            EndedAt = now,
            Slot = null,
            Timers = CallTimers.None,
        };
        if (IsReleased(state)) state = state with { Stage = CallStage.Ended };
        var step = CallStep.Changed(state, now, [.. StopTimers(before.Timers), .. CallRooms.Leaving(before), .. CallSlots.Leaving(before), .. CallInvitations.Leaving(before, end), .. EndCommands(before, state)]);
        return state.Stage == CallStage.Ended ? step.And(Retire.It) : step;
    }

    /// <summary>The caller's leg is over, before or after the answer.</summary>
    public static CallStep CallerLeft(CallState state, CallEnd end, DateTimeOffset now)
    {
        // A cancel that crossed the answer: the caller never was connected, so nobody has spoken.
        if (end == CallEnd.Cancelled) state = state with { AnsweredAt = null };
        end = HangUp(end, state.AnsweredAt is null ? CallEnd.Cancelled : CallEnd.Completed);
        return Finish(state with { CallerLeg = state.CallerLeg.Over(end) }, end, now);
    }

    /// <summary>A device's leg is over while the call is connected: the one that answered, or one that was given up.</summary>
    public static CallStep CalleeLeft(CallState state, LegId leg, CallEnd end, DateTimeOffset now)
    {
        if (leg != state.AnsweredBy) return CallStep.To(state.WithLeg(leg, fork => fork.Over(end)));
        end = HangUp(end, CallEnd.Completed);
        return Finish(state.WithLeg(leg, fork => fork.Over(end)), end, now);
    }

    /// <summary>A device's leg is over before any has answered.</summary>
    public static CallStep ForkOver(CallState state, LegId leg, CallEnd end, DateTimeOffset now)
    {
        if (leg == state.CallerLeg.Id) return CallStep.Ignore(state);
        var owned = state.Owns(leg);
        state = state.WithLeg(leg, fork => fork.Over(end));
        if (!owned) return CallStep.To(state);
        return end == CallEnd.Declined ? CallTransfers.NotReached(state, end, now) : GoOnRinging(state, now);
    }

    /// <summary>The caller's leg goes with the node.</summary>
    public static bool LosesCaller(CallState state, string node) => state.CallerLeg.Node == node && state.Invitation is null;

    public static CallStep RingingNodeLost(CallState before, string node, DateTimeOffset now)
    {
        if (LosesCaller(before, node)) return Finish(before, CallEnd.EdgeLost, now);
        if (before.Transfer?.By is { IsOwned: true } by && by.Node == node) return Then(CallTransfers.TransferorLeft(before, CallEnd.EdgeLost, now), left => RingingNodeLost(left, node, now));
        var state = before with
        {
            Forks = [.. before.Forks.Select(fork => fork.IsOwned && fork.Node == node ? fork.GivenUp(CallEnd.EdgeLost) : fork)],
            Spares = before.Spares.RemoveAll(spare => spare.Node == node),
        };
        return state.Forks.SequenceEqual(before.Forks) ? CallStep.Ignore(before) : GoOnRinging(state, now, EndCommands(before, state));
    }

    public static CallStep RingingLegsMissing(CallState state, ImmutableArray<LegId> missing, DateTimeOffset now)
    {
        if (missing.Contains(state.CallerLeg.Id)) return CallerLeft(state, CallEnd.EdgeLost, now);
        if (state.Transfer?.By is { IsOwned: true } by && missing.Contains(by.Id)) return Then(CallTransfers.TransferorLeft(state, CallEnd.EdgeLost, now), left => RingingLegsMissing(left, missing, now));
        var left = state.WithLegs(leg => leg.IsOwned && missing.Contains(leg.Id) ? leg.Over(CallEnd.EdgeLost) : leg);
        return ReferenceEquals(left, state) ? CallStep.Ignore(state) : GoOnRinging(left, now);
    }

    public static CallStep ConnectedLegsMissing(CallState before, ImmutableArray<LegId> missing, DateTimeOffset now)
    {
        var state = before.WithLegs(leg => missing.Contains(leg.Id) ? leg.Over(CallEnd.EdgeLost) : leg);
        return state.CallerLeg.IsOwned && state.Answerer!.IsOwned ? CallStep.To(state) : Finish(state, CallEnd.EdgeLost, now);
    }

    /// <summary>The ring time is over. Where no phone ever rang there was nobody who could have answered.</summary>
    public static CallEnd RangOut(CallState state) => state.Forks.Any(fork => fork.Rang) ? CallEnd.NoAnswer : CallEnd.Unreachable;

    /// <summary>One of the legs of a call that is over has been released; with the last one nothing is left to do.</summary>
    public static CallStep Released(CallState state, LegId leg)
    {
        state = state.WithLeg(leg, released => released.Released());
        return IsReleased(state) ? CallStep.To(state with { Stage = CallStage.Ended }, Journal.It, Retire.It) : CallStep.To(state);
    }

    /// <summary>
    /// What somebody is told who has sent a party there, or has called one into a room. A user of ours whose phones do not know them is unreachable, and their number is
    /// there; but who asked for this by REFER is to hear what was answered (RFC 3515 §2.4.4).
    /// Where another of those phones is silent, that one may know them: they cannot be reached now, and the number is not taken for a wrong one.
    /// </summary>
    public static CallEnd Told(CallState before, CallEnd end) =>
        end == CallEnd.Unreachable && !before.Forks.IsEmpty && before.Forks.All(fork => fork.End == CallEnd.NotFound) ? CallEnd.NotFound : end;

    /// <summary>Commands for every leg that is given up and not yet released.</summary>
    public static IEnumerable<EndLeg> EndCommands(CallState state) =>
        state.Legs().Where(leg => leg.Stage == LegStage.Ending).Select(leg => new EndLeg(leg.Id, leg.Node, leg.End));

    /// <summary>Commands for the legs that were given up since <paramref name="before"/>.</summary>
    public static IEnumerable<EndLeg> EndCommands(CallState before, CallState state) =>
        EndCommands(state).Where(command => before.FindLeg(command.Leg)!.Stage != LegStage.Ending);

    private static CallStep Then(CallStep step, Func<CallState, CallStep> go)
    {
        var next = go(step.State);
        return next with { Effects = [.. step.Effects, .. next.Effects] };
    }

    private static CallStep GoOnRinging(CallState state, DateTimeOffset now, params IEnumerable<CallEffect> commands)
    {
        (state, var rings) = CallFlows.Next(state);
        var step = state.Forks.Any(fork => fork.IsOwned) ? CallStep.Changed(state, now) : CallTransfers.NotReached(state, Verdict(state), now);
        return step with { Effects = [.. step.Effects, .. commands, .. rings] };
    }

    /// <summary>A gateway knows which numbers there are; a device only knows that it is not the one that was meant.</summary>
    private static CallEnd Verdict(CallState state) =>
        Outsider.Is(state.CalleeExtension) && state.Forks.Any(fork => fork.End == CallEnd.NotFound) ? CallEnd.NotFound : Verdict(state.Forks);

    /// <summary>What the caller hears of when no device is left: the answer that says most about the person (in the spirit of RFC 3261 §16.7).</summary>
    private static CallEnd Verdict(ImmutableArray<CallLeg> forks) => forks.Select(fork => fork.End).MaxBy(end => end switch
    {
        CallEnd.Busy => 6,
        CallEnd.DoNotDisturb => 5,
        CallEnd.NoAnswer => 4,
        CallEnd.NoCommonMedia => 3,
        CallEnd.Overloaded => 2,
        CallEnd.Failed => 1,
        _ => 0,
    }) switch
    {
        CallEnd.EdgeLost or CallEnd.PartyLost or CallEnd.NoMediaPath or CallEnd.NotFound or CallEnd.MediaTimeout or CallEnd.SessionExpired => CallEnd.Unreachable,
        // A phone that ends an early leg like a call that was answered refused it in its own way.
        CallEnd.Completed or CallEnd.Cancelled or CallEnd.AnsweredElsewhere or CallEnd.None => CallEnd.Declined,
        var end => end,
    };

    /// <summary>A phone that leaves has hung up, whatever it calls that, unless something went wrong.</summary>
    private static CallEnd HangUp(CallEnd end, CallEnd ordinary) => end switch
    {
        CallEnd.MediaTimeout or CallEnd.PartyLost or CallEnd.NoMediaPath or CallEnd.SessionExpired or CallEnd.EdgeLost or CallEnd.ServerStopped or CallEnd.Interrupted
            or CallEnd.NoCommonMedia or CallEnd.Failed => end,
        _ => ordinary,
    };

    private static bool IsReleased(CallState state) => state.Legs().All(leg => leg.Stage >= LegStage.Ended);

    public static IEnumerable<StopTimer> StopTimers(CallTimers running)
    {
        foreach (var timer in new[] { CallTimers.Ring, CallTimers.Sweep, CallTimers.Playback, CallTimers.Park, CallTimers.Hold })
        {
            if (running.HasFlag(timer)) yield return new StopTimer(timer);
        }
    }
}
