using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Webphone.Silo.Hosting;

namespace Webphone.Cluster.Tests.Hosting;

/// <summary>Where a node's grain is started.</summary>
public sealed class NodePlacementTests
{
    [Fact]
    public async Task The_grain_of_a_node_is_started_on_the_silo_of_its_name_whoever_asks() =>
        Assert.Equal(Members.AddressOf(1), await Place("n2", askedAt: 0, ("n1", SiloStatus.Active), ("n2", SiloStatus.Active), ("n3", SiloStatus.Active)));

    [Theory]
    [InlineData(SiloStatus.Dead)]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.ShuttingDown)]
    public async Task That_of_a_node_which_is_no_member_is_started_where_it_is_asked_for(SiloStatus status) =>
        Assert.Equal(Members.AddressOf(0), await Place("n2", askedAt: 0, ("n1", SiloStatus.Active), ("n2", status)));

    [Fact]
    public async Task That_of_a_node_which_was_started_again_is_with_its_later_self() =>
        Assert.Equal(Members.AddressOf(2), await Place("n2", askedAt: 0, ("n1", SiloStatus.Active), ("n2", SiloStatus.Dead), ("n2", SiloStatus.Active)));

    [Fact]
    public async Task That_of_a_node_without_grains_which_asks_for_itself_is_on_any_silo() =>
        Assert.Equal(Members.AddressOf(0), await Place("edge", askedAt: 5, ("n1", SiloStatus.Active), ("n2", SiloStatus.Active)));

    private static Task<SiloAddress> Place(string node, int askedAt, params (string, SiloStatus)[] members)
    {
        var membership = new Members(members);
        var grain = GrainId.Create("node", node);
        return new NodePlacement.Director(membership).OnAddActivation(new NodePlacement(), new PlacementTarget(grain, [], default, 0), new Context(membership, Members.AddressOf(askedAt)));
    }

    private sealed class Context(Members membership, SiloAddress here) : IPlacementContext
    {
        public SiloAddress LocalSilo => here;

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) =>
            [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) => new Dictionary<ushort, SiloAddress[]> { [0] = GetCompatibleSilos(target) };
    }
}
