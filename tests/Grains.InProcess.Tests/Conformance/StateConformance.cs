using Orleans.Storage;
using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>How grain state is kept.</summary>
public abstract class StateConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    private INotesGrain Grain => Grains.GetGrain<INotesGrain>(Key);

    [Fact]
    public Task State_that_was_never_written_is_fresh() => Host.Run(async () =>
        Assert.Equal("start[] now[] other[] fresh untagged", await Grain.Describe()));

    [Fact]
    public Task Written_state_is_read_before_the_next_activation_starts() => Host.Run(async () =>
    {
        await Grain.Write("a");
        Assert.Equal("start[] now[a] other[] stored tagged", await Grain.Describe());
        await Grain.Write("b");
        await Grain.Leave();
        Assert.Equal("start[a,b] now[a,b] other[] stored tagged", await Grain.Describe());
    });

    [Fact]
    public Task State_that_was_changed_but_not_written_is_lost_with_its_activation() => Host.Run(async () =>
    {
        await Grain.Write("a");
        await Grain.ChangeWithoutWriting("b");
        await Grain.Leave();
        Assert.Equal("start[a] now[a] other[] stored tagged", await Grain.Describe());
    });

    [Fact]
    public Task Reading_again_drops_what_was_not_written() => Host.Run(async () =>
    {
        await Grain.Write("a");
        await Grain.ChangeWithoutWriting("b");
        await Grain.Reread();
        Assert.Equal("start[] now[a] other[] stored tagged", await Grain.Describe());
    });

    [Fact]
    public Task A_grain_may_have_several_states() => Host.Run(async () =>
    {
        await Grain.Write("a");
        await Grain.WriteOther("b");
        await Grain.Leave();
        Assert.Equal("start[a] now[a] other[b] stored tagged", await Grain.Describe());
    });

    [Fact]
    public Task Cleared_state_is_fresh_again() => Host.Run(async () =>
    {
        await Grain.Write("a");
        await Grain.Clear();
        await Grain.Leave();
        Assert.StartsWith("start[] now[] other[] fresh", await Grain.Describe(), StringComparison.Ordinal);
    });

    [Fact]
    public Task State_survives_a_restart() => Host.Run(async () =>
    {
        await Grain.Write("a");
        await Host.Restart();
        Assert.Equal("start[a] now[a] other[] stored tagged", await Grain.Describe());
    });

    [Fact]
    public Task A_write_over_another_write_is_refused_and_ends_the_stale_activation() => Host.Run(async () =>
    {
        var grain = Grains.GetGrain<IClashingGrain>(Key);
        var writes = new[] { grain.Write(Key), grain.Write(Key) };
        await Settle();
        Assert.Equal(["activated", "activated"], Journal.Of(Key));
        Journal.Open(Key);
        var refused = 0;
        foreach (var write in writes)
        {
            try
            {
                await write;
            }
            catch (InconsistentStateException)
            {
                refused++;
            }
        }

        Assert.Equal(1, refused);
        await Settle();
        _ = new[] { grain.Write(Key + "again"), grain.Write(Key + "again") };
        await Settle();
        Assert.Equal(["activated", "activated", "activated"], Journal.Of(Key));
        Journal.Open(Key + "again");
    });
}
