using Orleans.Simulation;
using Webphone.Grains.Nodes;
using Webphone.Silo.Hosting;

namespace Webphone.Silo.Tests.Host;

/// <summary>Which nodes count as lost, by lists of those that are there.</summary>
public sealed class LostNodesTests
{
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LostNodes _nodes;

    public LostNodesTests() => _nodes = new LostNodes(_time);

    [Fact]
    public void A_node_that_is_missing_for_long_enough_is_lost_once_and_back_once()
    {
        Assert.Equal("", Hear("n1", "n2"));
        for (var times = 0; times < 3; times++) Assert.Equal("", Hear("n1"));
        Assert.Equal("lost n2", Hear("n1"));
        Assert.Equal("", Hear("n1"));
        Assert.Equal("back n2", Hear("n1", "n2"));
        Assert.Equal("", Hear("n1", "n2"));
    }

    [Fact]
    public void A_list_that_begins_anew_loses_nobody_who_says_in_time_that_they_are_there()
    {
        Hear("n1", "n2", "n3");
        Hear("n1");
        Hear("n1", "n3");
        for (var times = 0; times < 5; times++) Assert.Equal("", Hear("n1", "n2", "n3"));
    }

    [Fact]
    public void What_was_missing_before_a_silence_is_not_lost_by_the_first_word_after_it()
    {
        Hear("n1", "n2");
        Hear("n1");
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("", Hear("n1"));
        Assert.Equal("", Hear("n1", "n2"));
    }

    private string Hear(params string[] nodes)
    {
        Pass(NodeLease.RenewEvery);
        var (lost, back) = _nodes.Hear(nodes);
        return string.Join(", ", lost.Select(node => $"lost {node}").Concat(back.Select(node => $"back {node}")));
    }

    private void Pass(TimeSpan span) => _time.FireNext(_time.GetUtcNow() + span);
}
