using Webphone.Media.Rtcp;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Rtcp;

public class RtcpSessionTests
{
    private static readonly NtpTime Noon = NtpTime.From(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Two_sessions_measure_the_round_trip_between_them()
    {
        var buffer = new byte[RtcpWriter.MaxSize];
        var here = new RtcpSession(1, [65, 66, 67]);
        var there = new RtcpSession(2, [68]);
        var heardThere = new RtpReceiveStatistics();
        heardThere.Receive(new RtpHeader(0, false, 5, 0, 1), default, 8000);

        var length = here.Write(buffer, new SenderInfo(Noon, 8000, 10, 1600), new RtpReceiveStatistics(), TimeSpan.Zero, leaving: false);
        Assert.True(there.TryReceive(buffer.AsSpan(0, length), Noon, TimeSpan.FromSeconds(1)));
        length = there.Write(buffer, new SenderInfo(Noon, 0, 0, 0), heardThere, TimeSpan.FromSeconds(3), leaving: true);
        var later = new NtpTime(Noon.Value + (2UL << 32) + (1UL << 30));
        Assert.True(here.TryReceive(buffer.AsSpan(0, length), later, TimeSpan.FromSeconds(3)));

        Assert.InRange(here.RoundTrip!.Value.TotalMilliseconds, 249, 251);
        Assert.True(here.PeerLeft);
    }

    [Fact]
    public void A_compound_cut_anywhere_is_refused_and_never_throws()
    {
        var buffer = new byte[RtcpWriter.MaxSize];
        var statistics = new RtpReceiveStatistics();
        statistics.Receive(new RtpHeader(0, false, 5, 0, 1), default, 8000);
        var length = new RtcpSession(1, [65]).Write(buffer, new SenderInfo(Noon, 1, 1, 1), statistics, default, leaving: true);
        var whole = 0;
        for (var cut = 0; cut <= length; cut++)
            whole += new RtcpSession(9, [65]).TryReceive(buffer.AsSpan(0, cut), Noon, default) ? 1 : 0;
        // The report alone, with the name, and with the goodbye.
        Assert.Equal(3, whole);
    }

    [Fact]
    public void Report_blocks_carry_negative_loss()
    {
        var buffer = new byte[100];
        var writer = new RtcpWriter(buffer);
        var block = new ReportBlock(9, 3, -2, 70000, 4, 5, 6);
        writer.WriteReceiverReport(1, block);
        var reader = new RtcpReader(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryReadNext(out var packet));
        Assert.True(packet.TryReadBlock(0, out var read));
        Assert.Equal(block, read);
        Assert.False(packet.TryReadBlock(1, out _));
    }
}
