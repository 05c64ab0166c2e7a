using System.Collections.Immutable;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>
/// A phone that registers by several flows is rung by one at a time, and by the next when that one fails (RFC 5626 §5.3): its node is lost, it is closed, or
/// nobody answers at its end. What the phone itself says by one flow holds for all of them.
/// </summary>
internal static class CallFlows
{
    /// <summary>The flow of each phone that is tried first, and those that are left for later.</summary>
    public static (ImmutableArray<Binding> First, ImmutableArray<Binding> Spares) Of(IEnumerable<Binding> devices)
    {
        var first = ImmutableArray.CreateBuilder<Binding>();
        var spares = ImmutableArray.CreateBuilder<Binding>();
        foreach (var device in devices) (device.Instance.Length > 0 && first.Any(other => other.Instance == device.Instance) ? spares : first).Add(device);
        return (first.DrainToImmutable(), spares.DrainToImmutable());
    }

    /// <summary>Whether the device is the phone that calls, by this or another of its flows.</summary>
    public static bool IsCaller(CallState state, Binding device) =>
        device.Id == state.CallerDevice || (device.Instance.Length > 0 && state.CallerDevice.StartsWith(device.Instance + ";", StringComparison.Ordinal));

    /// <summary>Rings each phone whose flow failed by its next one.</summary>
    public static (CallState State, ImmutableArray<CallEffect> Effects) Next(CallState state)
    {
        if (state.Spares.IsEmpty) return (state, []);
        var effects = ImmutableArray.CreateBuilder<CallEffect>();
        foreach (var spare in state.Spares)
        {
            var ways = state.Forks.Where(fork => fork.Device?.Instance == spare.Instance);
            if (ways.Any(way => !HasFailed(way))) continue;
            var fork = new CallLeg(new LegId($"{state.CallId}-{state.LegsMade + 1}"), spare.Node, LegStage.Calling) { Device = spare };
            state = state with { LegsMade = state.LegsMade + 1, Forks = state.Forks.Add(fork), Spares = state.Spares.Remove(spare) };
            effects.Add(CallRinging.Command(state, fork));
        }

        return (state, effects.DrainToImmutable());
    }

    private static bool HasFailed(CallLeg way) => !way.IsOwned && way.End is CallEnd.EdgeLost or CallEnd.Unreachable or CallEnd.NotFound;
}
