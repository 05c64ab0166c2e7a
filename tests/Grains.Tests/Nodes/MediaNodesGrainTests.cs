using Webphone.Grains.Nodes;

namespace Webphone.Grains.Tests.Nodes;

/// <summary>Which node holds the legs of a session that has none near it.</summary>
public sealed class MediaNodesGrainTests : IDisposable
{
    private readonly TestHost _host = new();
    private readonly string[] _sessions = [.. Enumerable.Range(0, 300).Select(number => $"acme/{number}/session")];

    private IMediaNodesGrain Nodes => _host.Cluster.Grains.GetGrain<IMediaNodesGrain>(IMediaNodesGrain.Key);

    [Fact]
    public void None_is_named_before_one_has_said_that_it_is_there() => Assert.Null(For(_sessions[0]));

    [Fact]
    public void A_session_has_the_same_node_each_time_and_sessions_are_spread()
    {
        Here("edge1", "edge2", "edge3");
        var first = _sessions.Select(session => For(session)).ToArray();
        Assert.Equal(first, _sessions.Select(session => For(session)));
        Assert.All(first.CountBy(node => node!), node => Assert.InRange(node.Value, 60, 140));
    }

    [Fact]
    public void A_node_that_leaves_moves_its_own_sessions_and_no_others()
    {
        Here("edge1", "edge2", "edge3");
        var before = _sessions.ToDictionary(session => session, session => For(session));
        _host.Do(() => Nodes.Gone("edge2"));
        Assert.All(before, was => Assert.True(was.Value == "edge2" ? For(was.Key) is "edge1" or "edge3" : For(was.Key) == was.Value));
    }

    [Fact]
    public void A_node_that_says_nothing_more_is_forgotten_and_one_that_was_found_dead_comes_last()
    {
        Here("edge1", "edge2");
        var first = For(_sessions[0])!;
        Assert.NotEqual(first, For(_sessions[0], except: first));
        _host.Wait(NodeLease.Duration - TimeSpan.FromSeconds(1));
        Here("edge1");
        _host.Wait(TimeSpan.FromSeconds(2));
        Assert.All(_sessions, session => Assert.Equal("edge1", For(session, except: "edge1")));
    }

    public void Dispose() => _host.Dispose();

    private void Here(params string[] nodes)
    {
        foreach (var node in nodes) _host.Do(() => Nodes.Here(node));
    }

    private string? For(string session, string? except = null) => _host.Get(() => Nodes.NodeFor(session, except));
}
