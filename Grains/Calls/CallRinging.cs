using System.Collections.Immutable;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>Rings every device of the callee, each with a leg of its own; of the flows of one phone only one (<see cref="CallFlows"/>).</summary>
internal static class CallRinging
{
    /// <summary>Devices of one call in all: one that comes and goes is not rung for ever.</summary>
    public const int MostForks = 2 * UserLimits.Devices;

    public static CallStep Ring(CallState state, RingPlan plan, DateTimeOffset now)
    {
        var late = state.Joined.RemoveAll(device => plan.Devices.Any(known => known.Id == device.Id));
        var (devices, spares) = CallFlows.Of(plan.Devices.AddRange(late).Where(device => !IsOwn(state, device)));
        var forks = ImmutableArray.CreateBuilder<CallLeg>(devices.Length);
        foreach (var device in devices)
        {
            forks.Add(Fork(state, device, forks.Count + 1));
        }

        state = state with { Callee = plan.Callee, ShownAs = plan.ShownAs, Joined = [], AutoAnswer = plan.AutoAnswer.IsDefault ? [] : plan.AutoAnswer };
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

    /// <summary>The callee is asked which devices they have: this is one that their answer may lack.</summary>
    public static CallStep Expect(CallState state, DeviceJoined joined)
    {
        if (joined.Extension != state.CalleeExtension || state.Joined.Length >= UserLimits.Devices) return CallStep.Ignore(state);
        return CallStep.To(state with { Joined = [.. state.Joined.Where(known => known.Id != joined.Device.Id), joined.Device] }, Journal.It);
    }

    /// <summary>A device that comes while others ring is rung too.</summary>
    public static CallStep Join(CallState state, DeviceJoined joined, DateTimeOffset now)
    {
        var device = joined.Device;
        var rings = state.Forks.Any(fork => fork.IsOwned && (fork.Device?.Id == device.Id || device.Instance.Length > 0 && fork.Device?.Instance == device.Instance));
        if (joined.Extension != state.CalleeExtension || rings || IsOwn(state, device) || state.Forks.Length >= MostForks) return CallStep.Ignore(state);
        var fork = Fork(state, device, 1);
        state = state with { Forks = state.Forks.Add(fork), LegsMade = state.LegsMade + 1 };
        return CallStep.Changed(state, now, Command(state, fork));
    }

    public static CallStep DeviceRings(CallState state, LegId device, DateTimeOffset now)
    {
        if (device == state.CallerLeg.Id || state.FindLeg(device) is not { Stage: LegStage.Calling }) return CallStep.Ignore(state);
        var answered = state.CallerLeg.Stage == LegStage.Answered;
        var first = !state.Forks.Any(fork => fork.Rang);
        state = state.WithLeg(device, leg => leg with { Stage = LegStage.Ringing, Rang = true });
        if (first && answered) return CallTransfers.TargetRings(state, now);
        return first && state.Invitation is null ? CallStep.Changed(state, now, new ShowRinging(state.CallerLeg.Id, state.CallerLeg.Node)) : CallStep.Changed(state, now);
    }

    /// <summary>A command for each device that has not said that it rings.</summary>
    public static IEnumerable<CallEffect> Commands(CallState state) => state.Forks
        .Where(fork => fork.Stage == LegStage.Calling)
        .Select(fork => Command(state, fork));

    public static RingDevice Command(CallState state, CallLeg fork) => new(new RingLeg(
        fork.Id, state.CallKey, state.Tenant, state.CalleeExtension!, fork.Device!, state.ShownAs is { } number ? state.Caller with { Number = number } : state.Caller, state.CallerCodecs,
        state.AutoAnswer.FirstOrDefault(answers => answers.Device == fork.Device!.Id)?.After,
        state.Spares.Any(spare => spare.Instance == fork.Device!.Instance),
        state.Invitation is not null ? RingReason.Conference : state.Intercom ? RingReason.Intercom : RingReason.Call,
        state.Transfer is { Recalls: false } transfer ? transfer.Party : null), state.Invitation is null ? state.CallerLeg.Endpoint : null);

    /// <summary>A device that is on no node is rung by the edge that holds the caller.</summary>
    private static CallLeg Fork(CallState state, Binding device, int number)
    {
        var reached = device.Node.Length > 0 ? device : device with { Node = state.CallerLeg.Node };
        return new CallLeg(new LegId($"{state.CallId}-{state.LegsMade + number}"), reached.Node, LegStage.Calling) { Device = reached };
    }

    /// <summary>A call to oneself does not ring the device that it comes from.</summary>
    private static bool IsOwn(CallState state, Binding device) => state.CalleeExtension == state.CallerExtension && !Outsider.Is(state.CalleeExtension) && CallFlows.IsCaller(state, device);
}
