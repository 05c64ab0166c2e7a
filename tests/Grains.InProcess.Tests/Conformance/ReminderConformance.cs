using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>Reminders.</summary>
public abstract class ReminderConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private IReminderGrain Grain => Grains.GetGrain<IReminderGrain>(Key);

    [Fact]
    public Task A_reminder_fires_when_due_and_then_each_period() => Host.Run(async () =>
    {
        await Grain.Register("r", 2 * Minute, 5 * Minute);
        await Host.Delay(1.5 * Minute);
        Assert.Empty(Journal.Of(Key));
        await Host.Delay(11 * Minute);
        Assert.Equal(["r 0 of 5", "r 5 of 5", "r 10 of 5"], Journal.Of(Key));
    });

    [Fact]
    public Task A_reminder_wakes_a_grain_that_is_not_active() => Host.Run(async () =>
    {
        await Grain.Register("r", 2 * Minute, 60 * Minute);
        await Grain.Leave();
        await Host.Delay(3 * Minute);
        Assert.Equal(["r 0 of 60"], Journal.Of(Key));
    });

    [Fact]
    public Task A_reminder_survives_a_restart() => Host.Run(async () =>
    {
        await Grain.Register("r", 2 * Minute, 5 * Minute);
        await Host.Restart();
        await Host.Delay(8 * Minute);
        Assert.Equal(["r 0 of 5", "r 5 of 5"], Journal.Of(Key));
    });

    [Fact]
    public Task A_period_below_the_minimum_is_refused() => Host.Run(() =>
        Assert.ThrowsAnyAsync<ArgumentException>(() => Grain.Register("r", Minute, 0.5 * Minute)));

    [Fact]
    public Task Registering_again_replaces_the_reminder() => Host.Run(async () =>
    {
        await Grain.Register("r", Minute, Minute);
        await Grain.Register("r", 10 * Minute, 10 * Minute);
        Assert.Equal("r", await Grain.Known());
        await Host.Delay(11 * Minute);
        Assert.Equal(["r 0 of 10"], Journal.Of(Key));
    });

    [Fact]
    public Task An_unregistered_reminder_fires_no_more() => Host.Run(async () =>
    {
        await Grain.Register("a", Minute, Minute);
        await Grain.Register("b", 60 * Minute, Minute);
        Assert.Equal("a,b", await Grain.Known());
        await Grain.Unregister("a");
        Assert.Equal("b", await Grain.Known());
        await Host.Delay(5 * Minute);
        Assert.Empty(Journal.Of(Key));
    });
}
