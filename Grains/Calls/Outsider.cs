using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>
/// A party outside: somebody behind a trunk. They have a leg as everybody has, and no user: no extension, no history, no lamp, nothing that a user may do.
/// A call has them on either side, or on both when somebody put one through to another.
/// </summary>
internal static class Outsider
{
    /// <summary>Stands where a user's extension would.</summary>
    public const string Extension = "";

    /// <summary>The telephone network rings for longer than a device here, since it needs longer to begin.</summary>
    public static readonly TimeSpan RingTime = TimeSpan.FromSeconds(60);

    public static bool Is(string? extension) => extension is { Length: 0 };

    /// <summary>Whether the leg is somebody's outside.</summary>
    public static bool Has(CallState state, LegId leg) =>
        Is(leg == state.CallerLeg.Id ? state.CallerExtension : state.Forks.Any(fork => fork.Id == leg) ? state.CalleeExtension : null);

    /// <summary>How a number is rung: what for a user their grain decides.</summary>
    public static RingPlan PlanOf(AskTrunk ask, string tenant, IDirectory directory)
    {
        var callee = new Party(ask.Number, "");
        return NumberingPlan.Resolve(ask.Number, tenant, directory) is Destination.Outside { Trunk: var name } && directory.FindTenant(tenant)!.FindTrunk(name) is { } trunk
            ? new RingPlan(CallEnd.None, callee, [TrunkDevice.Of(name, ask.Number)], RingTime, ShownAs: ask.CallerId ?? trunk.CallerId)
            : new RingPlan(CallEnd.NotFound, callee, [], TimeSpan.Zero);
    }
}
