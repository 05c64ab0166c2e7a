using Webphone.Grains.Nodes;

namespace Webphone.Grains.Tests.Nodes;

public sealed class NodeGrainTests : IDisposable
{
    private readonly TestHost _host = new();

    [Fact]
    public void A_node_is_known_while_it_renews_and_forgotten_when_its_lease_ran_out()
    {
        _host.Wait(TimeSpan.FromMinutes(10));
        Assert.NotNull(Resolve());
        _host.Node.IsGone = true;
        _host.Wait(NodeLease.Duration + NodeLease.RenewEvery);
        Assert.Null(Resolve());
    }

    [Fact]
    public void A_node_that_leaves_is_forgotten_at_once()
    {
        _host.Do(() => _host.Cluster.Grains.GetGrain<INodeGrain>("n1").Detach());
        Assert.Null(Resolve());
    }

    [Fact]
    public void A_grain_that_has_just_started_waits_for_its_node_to_announce_itself_and_only_once()
    {
        var nodes = _host.Cluster.Grains;
        _host.Do(() => nodes.GetGrain<INodeGrain>("n1").TakeHome());
        Assert.NotNull(Resolve());

        var began = _host.Now;
        NodeLinks? Dead() => _host.Get(() => nodes.GetGrain<INodeGrain>("n9").Resolve());
        Assert.Null(Dead());
        Assert.Equal(NodeLease.Patience, _host.Now - began);
        Assert.Null(Dead());
        Assert.Equal(NodeLease.Patience, _host.Now - began);
    }

    [Fact]
    public void Nobody_waits_for_a_node_that_the_cluster_has_given_up()
    {
        _host.Members.Gone.Add("n9");
        var began = _host.Now;
        Assert.Null(_host.Get(() => _host.Cluster.Grains.GetGrain<INodeGrain>("n9").Resolve()));
        Assert.Equal(began, _host.Now);
    }

    [Fact]
    public void A_node_that_has_announced_itself_is_known_before_the_cluster_says_that_it_is_there()
    {
        _host.Members.Gone.Add("n1");
        Assert.NotNull(Resolve());
    }

    public void Dispose() => _host.Dispose();

    private NodeLinks? Resolve() => _host.Get(() => _host.Cluster.Grains.GetGrain<INodeGrain>("n1").Resolve());
}
