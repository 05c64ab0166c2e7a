using Webphone.Grains.Calls;
using Webphone.Silo.Edges;

namespace Webphone.Silo.Tests.Edges;

public sealed class RingWaitsTests
{
    private static readonly LegId Leg = new("c1-1");

    private readonly RingWaits _waits = new(TimeProvider.System);

    [Fact]
    public async Task A_device_that_rings_is_the_answer_and_is_said_once()
    {
        var rings = _waits.Rings(Leg);
        Assert.True(_waits.Settle(Leg, rings: true));
        Assert.False(_waits.Settle(Leg, rings: true));
        Assert.True(await rings);
    }

    [Fact]
    public async Task What_comes_before_it_rings_ends_the_wait()
    {
        var rings = _waits.Rings(Leg);
        Assert.True(_waits.Settle(Leg, rings: false));
        Assert.False(await rings);
    }

    [Fact]
    public async Task A_device_that_is_slow_to_ring_has_to_be_reported()
    {
        Assert.False(await _waits.Rings(Leg));
        Assert.False(_waits.Settle(Leg, rings: true));
    }

    [Fact]
    public async Task A_command_that_is_repeated_waits_with_the_first()
    {
        var (first, again) = (_waits.Rings(Leg), _waits.Rings(Leg));
        _waits.Settle(Leg, rings: true);
        Assert.True(await first);
        Assert.True(await again);
    }

    [Fact]
    public void Nobody_waits_for_a_leg_that_was_not_rung() => Assert.False(_waits.Settle(Leg, rings: true));
}
