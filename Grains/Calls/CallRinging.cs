using System.Collections.Immutable;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>Rings every device of the callee, each with a leg of its own; of the flows of one phone only one (<see cref="CallFlows"/>).</summary>
internal static class CallRinging
{
    public static CallStep Ring(CallState state, RingPlan plan, DateTimeOffset now)
    {
        var toSelf = state.CalleeExtension == state.CallerExtension;
        var (devices, spares) = CallFlows.Of(plan.Devices.Where(device => !toSelf || !CallFlows.IsCaller(state, device)));
        var forks = ImmutableArray.CreateBuilder<CallLeg>(devices.Length);
        foreach (var device in devices)
        {
            forks.Add(new CallLeg(new LegId($"{state.CallId}-{state.LegsMade + forks.Count + 1}"), device.Node, LegStage.Calling) { Device = device });
        }

        state = state with { Callee = plan.Callee };
        if (forks.Count == 0) return CallTransfers.NotReached(state, CallEnd.Unreachable, now);

        state = state with
        {
            Stage = CallStage.Ringing,
            LegsMade = state.LegsMade + forks.Count,
            Forks = forks.DrainToImmutable(),
            Spares = spares,
            RingUntil = now + plan.RingTime,
            Timers = state.Timers | CallTimers.Ring | CallTimers.Sweep,
        };
        return CallStep.Changed(state, now, [.. Commands(state), .. CallMachine.RunningTimers(state, now)]);
    }

    public static CallStep DeviceRings(CallState state, LegId device, DateTimeOffset now)
    {
        if (device == state.CallerLeg.Id || state.FindLeg(device) is not { Stage: LegStage.Calling }) return CallStep.Ignore(state);
        var answered = state.CallerLeg.Stage == LegStage.Answered;
        var first = !state.Forks.Any(fork => fork.Rang);
        state = state.WithLeg(device, leg => leg with { Stage = LegStage.Ringing, Rang = true });
        if (first && answered) return CallTransfers.TargetRings(state, now);
        return first ? CallStep.Changed(state, now, new ShowRinging(state.CallerLeg.Id, state.CallerLeg.Node)) : CallStep.Changed(state, now);
    }

    /// <summary>A command for each device that has not said that it rings.</summary>
    public static IEnumerable<CallEffect> Commands(CallState state) => state.Forks
        .Where(fork => fork.Stage == LegStage.Calling)
        .Select(fork => Command(state, fork));

    public static RingDevice Command(CallState state, CallLeg fork) => new(new RingLeg(
        fork.Id, state.CallKey, state.Tenant, state.CalleeExtension!, fork.Device!, state.Caller, state.CallerCodecs, AutoAnswer: false,
        state.Spares.Any(spare => spare.Instance == fork.Device!.Instance)));
}
