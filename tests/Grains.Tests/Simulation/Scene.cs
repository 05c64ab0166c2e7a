using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What scenes do and ask alike.</summary>
internal static class Scene
{
    /// <summary>Longer than other silos need to notice a death, to bring calls back, and to try a move again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static async Task AnswersAtOnce(SimLeg leg)
    {
        await leg.Node.Delay(TimeSpan.FromSeconds(1));
        leg.Answer();
        await leg.Beat();
    }

    public static async Task Until(SimWorld world, Func<bool> holds, TimeSpan? limit = null)
    {
        var end = world.Now + (limit ?? TimeSpan.FromSeconds(10));
        while (!holds() && world.Now < end) await world.Delay(TimeSpan.FromSeconds(0.1));
        world.Demand(holds(), "the scene does not go on");
    }

    /// <summary>Who has a phone talks to somebody, is in a conference, holds somebody, is held, or waits in a slot.</summary>
    public static void IsNotLeftAlone(SimWorld world, SimLeg leg)
    {
        var hears = world.Media.Of(leg.Endpoint);
        var others = world.LiveLegs.Where(other => other != leg).ToArray();
        var call = world.Journal.Find(leg.CallKey);
        var hasMusic = hears?.Source?.Kind == MediaSourceKind.HoldMusic;
        var waits = hasMusic && (call?.Stage == CallStage.Parked || others.Any(other => other.Holding && other.CallKey == leg.CallKey));
        world.Demand(
            leg.Holding || waits || hears?.Mix is not null || others.Any(other => hears?.Other == other.Endpoint),
            $"{leg.Id} of {leg.Extension} in {leg.CallKey} ({call?.Stage}) hears {hears}, and nobody is there: {string.Join(", ", others.Select(other => $"{other.Id} of {other.Extension} in {other.CallKey}, holds: {other.Holding}"))}");
    }

    public static bool Hears(SimWorld world, SimLeg one, SimLeg other) =>
        world.Media.Of(one.Endpoint) is { } hears && (hears.Other == other.Endpoint || (hears.Mix is { } mix && mix == world.Media.Of(other.Endpoint)?.Mix));

    public static bool HearEachOther(SimWorld world, SimLeg one, SimLeg other) => one.IsAlive && other.IsAlive && Hears(world, one, other) && Hears(world, other, one);

    /// <summary>The leg of this user that is there now.</summary>
    public static SimLeg? LegOf(SimWorld world, string extension) => world.LiveLegs.LastOrDefault(leg => leg.Extension == extension);
}
