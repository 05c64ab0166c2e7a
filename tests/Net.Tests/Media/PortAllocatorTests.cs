using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

public class PortAllocatorTests
{
    [Fact]
    public void Gives_every_even_port_of_the_range_once()
    {
        var ports = new PortAllocator(20001, 20010, TimeSpan.FromSeconds(2), start: 7);
        var taken = new List<int>();
        while (ports.TryTake(TimeSpan.Zero, out var port))
            taken.Add(port);
        Assert.Equal([20002, 20004, 20006, 20008], taken.Order());
        Assert.NotEqual(20002, taken[0]);
    }

    [Fact]
    public void A_released_port_rests_and_then_the_longest_rested_goes_first()
    {
        var ports = new PortAllocator(20000, 20005, TimeSpan.FromSeconds(2), start: 0);
        for (var i = 0; i < 3; i++)
            Assert.True(ports.TryTake(TimeSpan.Zero, out _));
        ports.Release(20004, TimeSpan.FromSeconds(1));
        ports.Release(20000, TimeSpan.FromSeconds(1.5));
        Assert.False(ports.TryTake(TimeSpan.FromSeconds(2.9), out _));
        Assert.True(ports.TryTake(TimeSpan.FromSeconds(3), out var port));
        Assert.Equal(20004, port);
        Assert.False(ports.TryTake(TimeSpan.FromSeconds(3), out _));
    }

    [Theory]
    [InlineData(80, 90)]
    [InlineData(20000, 20000)]
    [InlineData(20000, 70000)]
    public void A_range_that_cannot_be_is_refused_by_name(int first, int last)
    {
        var error = Assert.Throws<ArgumentException>(() => new MediaOptions { FirstPort = first, LastPort = last }.Validate());
        Assert.Contains("Port", error.Message);
    }
}
