using System.Collections.Immutable;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>
/// One of two who talk goes on with another of their devices, and the other side notices nothing:
/// <code>
///   Connected ── asked to switch ──► Switching ── the device answers ──► Connected (it has the place of the leg that asked)
///       ▲                                │
///       └── no answer, refused, gone ────┘
/// </code>
/// Everything else that may happen to two who talk happens while the device rings, too: what ends the call stops it, and for a party that comes in
/// another's place it is given up.
/// </summary>
internal static class CallSwitching
{
    /// <summary>How long the device rings: whoever asked for it holds it in their hand, or knows where it is.</summary>
    public static readonly TimeSpan RingTime = TimeSpan.FromSeconds(30);

    public static CallStep Switching(CallState state, CallEvent input, DateTimeOffset now) => input switch
    {
        DevicesFound found when found.RequestId == state.Switch!.RequestId && state.Switch.To.IsEmpty => Ring(state, found, now),
        LegReported { Report: LegRinging rings } when IsRung(state, rings.Leg) => Rings(state, rings.Leg, now),
        LegReported { Report: LegAnswered answered } when IsRung(state, answered.Leg) => Take(state, answered, now),
        LegReported { Report: LegEnded over } when IsRung(state, over.Leg) => Over(state, leg => leg.Id == over.Leg, over.End, now),
        DeviceUnreachable gone when IsRung(state, gone.Leg) => Over(state, leg => leg.Id == gone.Leg, CallEnd.Unreachable, now),
        TimerFired { Timer: CallTimers.Ring } => Fail(state with { Timers = state.Timers & ~CallTimers.Ring }, CallEnd.NoAnswer, now),
        NodeLost lost when state.CallerLeg.Node != lost.Node && state.Answerer!.Node != lost.Node => LoseNode(state, lost.Node, now),
        LegsMissing missing when RungBy(state).Any(leg => missing.Legs.Contains(leg.Id)) => Then(
            Over(state, leg => missing.Legs.Contains(leg.Id), CallEnd.EdgeLost, now), left => CallMachine.Step(left, missing, now)),
        LegReported { Report: LegResumed resumed } back when IsRecall(state) && resumed.Leg == state.Switch!.By => Then(
            Fail(state, CallEnd.Cancelled, now), left => CallMachine.Step(left, back, now)),
        TransferAsked asked => CallTransfers.Refuse(state, asked.Request, CallEnd.Forbidden),
        PartyOffered { Request.Replaces: { } replaced } offered when state.Owns(replaced) => Then(
            Fail(state, CallEnd.Cancelled, now), left => CallMachine.Step(left, offered, now)),
        Recovered => Resume(state, now),
        _ => Meanwhile(state, input, now),
    };

    /// <summary>Somebody asks for it, in a call of two who talk.</summary>
    public static CallStep Begin(CallState state, TransferRequest request)
    {
        var by = state.FindLeg(request.Leg)!;
        state = state with { Stage = CallStage.Switching, Switch = new CallSwitch(request.RequestId, by.Id, request.Target, []) };
        return CallStep.To(state, Journal.It, CallTransfers.Tell(by, request.RequestId, TransferPhase.Trying, CallEnd.None), Find(state));
    }

    /// <summary>All devices of somebody ring who left the other side on hold.</summary>
    public static CallStep Recall(CallState state, LegId by)
    {
        state = state with { Stage = CallStage.Switching, Switch = new CallSwitch("", by, Device: null, []) };
        return CallStep.To(state, Journal.It, Find(state));
    }

    /// <summary>The legs that ring to take the place of <see cref="CallSwitch.By"/>.</summary>
    public static IEnumerable<CallLeg> RungBy(CallState state) =>
        state is { Stage: CallStage.Switching, Switch.To: var to } ? state.Forks.Where(leg => leg.IsOwned && to.Contains(leg.Id)) : [];

    /// <summary>Puts a leg into the place of another of the same user: their side of the call, and their entry of the history, go on.</summary>
    public static CallState Replace(CallState before, CallLeg by, CallLeg leg, string device, CallEnd end = CallEnd.AnsweredElsewhere)
    {
        var line = CallHistory.EntryOf(before, by.Id);
        var left = by.IsOwned ? by.GivenUp(end) : by;
        var others = before.Forks.RemoveAll(fork => fork.Id == by.Id || fork.Id == leg.Id);
        return by.Id == before.CallerLeg.Id
            ? before with
            {
                CallerLeg = leg,
                CallerDevice = device,
                CallerCodecs = leg.Codec is { } codec ? [codec] : before.CallerCodecs,
                CallerLine = line,
                Forks = others,
                Former = before.Former.Add(left),
            }
            : before with { Forks = others.Add(leg), AnsweredBy = leg.Id, CalleeLine = line, Former = before.Former.Add(left) };
    }

    private static CallStep Ring(CallState before, DevicesFound answer, DateTimeOffset now)
    {
        var found = answer.Devices;
        // Who talks to somebody just then was not reminded.
        if (before.Hold is { } hold && IsRecall(before) && !answer.TalksElsewhere) before = before with { Hold = hold with { Recalls = hold.Recalls + 1 } };
        var (by, _) = Sides(before);
        var own = IsRecall(before) ? null : DeviceOf(before, by);
        var (devices, _) = CallFlows.Of(found.Where(device => own is null || device.Id != own && (device.Instance.Length == 0 || device.Instance != by.Device?.Instance || own is null)));
        if (devices.IsEmpty) return Fail(before, found.IsEmpty ? CallEnd.Unreachable : CallEnd.Forbidden, now);
        var legs = devices.Select((device, at) => new CallLeg(new LegId($"{before.CallId}-{before.LegsMade + 1 + at}"), device.Node.Length > 0 ? device.Node : by.Node, LegStage.Calling)
        {
            Device = device.Node.Length > 0 ? device : device with { Node = by.Node },
        }).ToImmutableArray();
        var state = before with
        {
            Forks = before.Forks.AddRange(legs),
            LegsMade = before.LegsMade + legs.Length,
            Switch = before.Switch! with { To = [.. legs.Select(leg => leg.Id)] },
            RingUntil = now + RingTime,
            Timers = before.Timers | CallTimers.Ring,
        };
        return CallStep.Changed(state, now, [.. Commands(state), new StartTimer(CallTimers.Ring, RingTime)]);
    }

    private static CallStep Rings(CallState state, LegId leg, DateTimeOffset now) => state.FindLeg(leg) is { Stage: LegStage.Calling }
        ? CallStep.Changed(state.WithLeg(leg, rung => rung with { Stage = LegStage.Ringing, Rang = true }), now)
        : CallStep.Ignore(state);

    private static CallStep Take(CallState before, LegAnswered answered, DateTimeOffset now)
    {
        var (by, _) = Sides(before);
        var leg = before.FindLeg(answered.Leg)! with { Stage = LegStage.Answered, Rang = true, Endpoint = answered.Endpoint, Codec = answered.Codec };
        var state = Talking(Replace(before, by, leg, leg.Device!.Id), RungBy(before).Where(other => other.Id != leg.Id), CallEnd.AnsweredElsewhere);
        if (IsRecall(before)) state = state with { Hold = null, HoldUntil = null };
        return CallStep.Changed(
            state, now,
            [
                new StopTimer(CallTimers.Ring),
                .. CallMedia.Reconnect(state),
                .. Tell(before, TransferPhase.Done, CallEnd.None),
                .. CallEnding.EndCommands(before, state),
            ]);
    }

    /// <summary>Devices that were rung are out; with the last of them it came to nothing.</summary>
    private static CallStep Over(CallState before, Func<CallLeg, bool> which, CallEnd end, DateTimeOffset now)
    {
        var over = RungBy(before).Where(which).Select(leg => leg.Id).ToArray();
        var state = before.WithLegs(leg => over.Contains(leg.Id) ? leg.Over(end) : leg);
        return RungBy(state).Any() ? CallStep.Changed(state, now) : Fail(state, ReasonOf(end), now);
    }

    private static CallStep LoseNode(CallState before, string node, DateTimeOffset now)
    {
        var lost = RungBy(before).Where(leg => leg.Node == node).Select(leg => leg.Id).ToArray();
        if (lost.Length == 0) return CallStep.Ignore(before);
        var state = before.WithLegs(leg => lost.Contains(leg.Id) ? leg.GivenUp(CallEnd.EdgeLost) : leg);
        CallEffect[] ends = [.. CallEnding.EndCommands(before, state)];
        var step = RungBy(state).Any() ? CallStep.Changed(state, now) : Fail(state, CallEnd.Unreachable, now);
        return step.And(ends);
    }

    /// <summary>All is as it was, and the one who asked is told why.</summary>
    private static CallStep Fail(CallState before, CallEnd reason, DateTimeOffset now)
    {
        var state = Talking(before, RungBy(before), reason);
        var step = CallStep.Changed(
            state, now,
            [.. CallEnding.StopTimers(before.Timers & CallTimers.Ring), .. CallEnding.EndCommands(before, state), .. Tell(before, TransferPhase.Failed, reason)]);
        return IsRecall(before) ? Then(step, left => CallHolding.Wait(left, now)) : step;
    }

    /// <summary>Who is rung because they hold has asked for nothing.</summary>
    private static CallEffect[] Tell(CallState state, TransferPhase phase, CallEnd reason) =>
        IsRecall(state) ? [] : [CallTransfers.Tell(Sides(state).By, state.Switch!.RequestId, phase, reason)];

    private static bool IsRecall(CallState state) => state.Switch is { Device: null };

    /// <summary>The two talk, and nothing rings.</summary>
    private static CallState Talking(CallState state, IEnumerable<CallLeg> givenUp, CallEnd why)
    {
        var over = givenUp.Select(leg => leg.Id).ToArray();
        return state.WithLegs(leg => over.Contains(leg.Id) ? leg.GivenUp(why) : leg) with
        {
            Stage = CallStage.Connected,
            Switch = null,
            RingUntil = null,
            Timers = state.Timers & ~CallTimers.Ring,
        };
    }

    private static CallStep Resume(CallState state, DateTimeOffset now)
    {
        var step = CallMachine.Step(state with { Stage = CallStage.Connected }, new Recovered(), now);
        CallEffect[] again = state.Switch!.To.IsEmpty ? [Find(state)] : [.. Commands(state)];
        return new CallStep(step.State with { Stage = CallStage.Switching }, [.. step.Effects, .. again]);
    }

    /// <summary>What happens to the two who talk.</summary>
    private static CallStep Meanwhile(CallState state, CallEvent input, DateTimeOffset now)
    {
        var talking = state with { Stage = CallStage.Connected };
        var step = CallMachine.Step(talking, input, now);
        if (ReferenceEquals(step.State, talking)) return step with { State = state };
        return step with { State = step.State.Stage == CallStage.Connected ? step.State with { Stage = CallStage.Switching } : step.State with { Switch = null } };
    }

    private static bool IsRung(CallState state, LegId leg) => RungBy(state).Any(rung => rung.Id == leg);

    private static (CallLeg By, CallLeg Other) Sides(CallState state) => state.Switch!.By == state.CallerLeg.Id
        ? (state.CallerLeg, state.Answerer!)
        : (state.Answerer!, state.CallerLeg);

    private static string DeviceOf(CallState state, CallLeg leg) => leg.Device?.Id ?? (leg.Id == state.CallerLeg.Id ? state.CallerDevice : "");

    private static FindDevices Find(CallState state) =>
        new(state.Switch!.RequestId, state.Switch.By == state.CallerLeg.Id ? state.CallerExtension : state.CalleeExtension!, state.Switch.Device);

    /// <summary>A command for each device that has not said that it rings.</summary>
    private static IEnumerable<RingDevice> Commands(CallState state)
    {
        var (_, other) = Sides(state);
        var otherIsCaller = other.Id == state.CallerLeg.Id;
        return RungBy(state).Where(leg => leg.Stage == LegStage.Calling).Select(leg => new RingDevice(new RingLeg(
            leg.Id, state.CallKey, state.Tenant, otherIsCaller ? state.CalleeExtension! : state.CallerExtension, leg.Device!, otherIsCaller ? state.Caller : state.Callee,
            other.Codec is { } codec ? [codec] : state.CallerCodecs, AutoAnswer: null, Reason: IsRecall(state) ? RingReason.HoldRecall : RingReason.Switch)));
    }

    /// <summary>A device that says no, in whatever words, refused it.</summary>
    private static CallEnd ReasonOf(CallEnd end) => end switch
    {
        CallEnd.Busy or CallEnd.DoNotDisturb or CallEnd.NoAnswer or CallEnd.NoCommonMedia or CallEnd.Overloaded => end,
        CallEnd.Declined or CallEnd.Completed or CallEnd.Cancelled or CallEnd.AnsweredElsewhere => CallEnd.Declined,
        _ => CallEnd.Unreachable,
    };

    private static CallStep Then(CallStep step, Func<CallState, CallStep> go)
    {
        var next = go(step.State);
        return next with { Effects = [.. step.Effects, .. next.Effects] };
    }
}
