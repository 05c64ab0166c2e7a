using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Rtp;

public class RtpReceiveStatisticsTests
{
    [Fact]
    public void Counts_loss_across_the_wrap_of_the_sequence()
    {
        var statistics = new RtpReceiveStatistics();
        for (var i = 0; i < 100; i++)
        {
            if (i % 10 != 5)
                statistics.Receive(new RtpHeader(0, false, (ushort)(65500 + i), (uint)(160 * i), 1), TimeSpan.FromMilliseconds(20 * i), 8000);
        }
        Assert.Equal((90, 10), (statistics.Received, statistics.Lost));
        Assert.Equal(25, statistics.TakeFractionLost());
        Assert.Equal(0, statistics.TakeFractionLost());
        Assert.Equal(65500u + 99, statistics.ExtendedHighest);
    }

    [Fact]
    public void Jitter_is_nothing_for_even_arrivals_and_nears_the_mean_of_uneven_ones()
    {
        var even = new RtpReceiveStatistics();
        var uneven = new RtpReceiveStatistics();
        for (var i = 0; i < 500; i++)
        {
            var header = new RtpHeader(0, false, (ushort)i, uint.MaxValue - 1000 + (uint)(160 * i), 1);
            even.Receive(header, TimeSpan.FromMilliseconds(20 * i), 8000);
            uneven.Receive(header, TimeSpan.FromMilliseconds(20 * i + (i % 2) * 8), 8000);
        }
        Assert.True(even.Jitter < TimeSpan.FromMilliseconds(0.01));
        Assert.InRange(uneven.Jitter.TotalMilliseconds, 7.5, 8.1);
    }

    [Fact]
    public void A_new_stream_keeps_the_totals_of_the_old()
    {
        var statistics = new RtpReceiveStatistics();
        statistics.Receive(new RtpHeader(0, false, 1, 0, 1), default, 8000);
        statistics.Receive(new RtpHeader(0, false, 3, 0, 1), default, 8000);
        statistics.Receive(new RtpHeader(0, false, 50000, 0, 2), default, 8000);
        Assert.Equal((3, 1), (statistics.Received, statistics.Lost));
    }
}
