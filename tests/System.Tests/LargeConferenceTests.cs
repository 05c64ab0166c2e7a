using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>A conference of ten on one node. On two nodes of media: Cluster.Tests.</summary>
[Trait("Shows", "3")]
public sealed class LargeConferenceTests(ITestOutputHelper output)
{
    [Trait("Feature", "CNF-07")]
    [Trait("Feature", "CNF-10")]
    [Fact]
    public async Task Five_phones_and_five_browsers_hear_nine_tones_each_and_not_their_own_and_every_lamp_goes_dark_when_the_last_has_left()
    {
        await using var silo = await RunningSilo.StartAsync();
        await using var conference = new LargeConference(_ => silo, _ => silo);
        await conference.GatherAsync();
        await conference.EachHearsTheOthersAsync();
        await conference.AnEleventhIsRefusedAsync();
        await conference.TheHostLeavesAndComesBackAsync();
        var dark = await conference.AllLeaveAsync();
        output.WriteLine($"the last lamp went dark after {dark.TotalMilliseconds:0} ms");
    }
}
