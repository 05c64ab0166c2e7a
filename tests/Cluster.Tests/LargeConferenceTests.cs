using Webphone.Cluster.Tests.Harness;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>A conference of ten, of whom some are on one node of media and some on another: those who are not where it is mixed come by a link each.</summary>
public sealed class LargeConferenceTests(DividedCluster cluster, ITestOutputHelper output) : IClassFixture<DividedCluster>
{
    [Trait("Feature", "CNF-10")]
    [Trait("Shows", "3")]
    [Fact]
    public async Task Ten_on_two_nodes_of_media_hear_nine_tones_each_and_not_their_own_and_every_lamp_goes_dark_when_the_last_has_left()
    {
        cluster.Require();
        await using var conference = new LargeConference(at => cluster.Edges[at % 2], at => cluster.Frontends[at % 2]);
        await conference.GatherAsync();
        await conference.EachHearsTheOthersAsync();
        await conference.AnEleventhIsRefusedAsync();
        await conference.TheHostLeavesAndComesBackAsync();
        var dark = await conference.AllLeaveAsync();
        output.WriteLine($"the last lamp went dark after {dark.TotalMilliseconds:0} ms");
    }
}
