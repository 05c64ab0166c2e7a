using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Rtp;

public class RtpRewriterTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_new_source_goes_on_where_the_last_one_stopped()
    {
        var rewriter = new RtpRewriter(77, 65530, 1000);
        RtpHeader last = default;
        for (ushort i = 0; i < 20; i++)
            Assert.True(rewriter.TryMap(1, Packet((ushort)(100 + i), 5000u + 160u * i, 1), 0, 8000, i * Frame, out last));
        Assert.True(rewriter.TryMap(2, Packet(40000, 99, 2), 8, 8000, 25 * Frame, out var first));

        Assert.Equal((ushort)(last.Sequence + 1), first.Sequence);
        Assert.Equal(last.Timestamp + 6 * 160, first.Timestamp);
        Assert.Equal((77u, true, 8), (first.Ssrc, first.Marker, first.PayloadType));
    }

    [Fact]
    public void Loss_and_reordering_of_the_source_stay_visible()
    {
        var rewriter = new RtpRewriter(77, 10, 1000);
        rewriter.TryMap(1, Packet(1, 160, 1), 0, 8000, default, out var first);
        rewriter.TryMap(1, Packet(4, 640, 1), 0, 8000, 3 * Frame, out var fourth);
        rewriter.TryMap(1, Packet(3, 480, 1), 0, 8000, 3 * Frame, out var third);
        Assert.Equal((3, 2), (fourth.Sequence - first.Sequence, third.Sequence - first.Sequence));
        Assert.Equal(480u, fourth.Timestamp - first.Timestamp);
    }

    [Fact]
    public void A_packet_from_before_the_change_of_source_is_refused()
    {
        var rewriter = new RtpRewriter(77, 10, 1000);
        rewriter.TryMap(1, Packet(50, 160, 1), 0, 8000, default, out _);
        rewriter.TryMap(2, Packet(50, 160, 2), 0, 8000, Frame, out _);
        Assert.False(rewriter.TryMap(2, Packet(49, 0, 2), 0, 8000, Frame, out _));
    }

    [Fact]
    public void A_source_that_restarts_does_not_jump()
    {
        var rewriter = new RtpRewriter(77, 10, 1000);
        rewriter.TryMap(1, Packet(1, 160, 1), 0, 8000, default, out var before);
        rewriter.TryMap(1, Packet(30000, 4_000_000_000, 1), 0, 8000, Frame, out var after);
        Assert.Equal((1, 160u), (after.Sequence - before.Sequence, after.Timestamp - before.Timestamp));
    }

    [Fact]
    public void Local_audio_and_a_source_alternate_on_one_line()
    {
        var rewriter = new RtpRewriter(77, 10, 1000);
        var music = rewriter.Next(9, 0, 160, 8000, default);
        var more = rewriter.Next(9, 0, 160, 8000, Frame);
        rewriter.TryMap(1, Packet(500, 7, 1), 0, 8000, 2 * Frame, out var voice);
        Assert.Equal((1, 2), (more.Sequence - music.Sequence, voice.Sequence - music.Sequence));
        Assert.Equal((160u, 320u), (more.Timestamp - music.Timestamp, voice.Timestamp - music.Timestamp));
    }

    private static RtpHeader Packet(ushort sequence, uint timestamp, uint ssrc) => new(0, false, sequence, timestamp, ssrc);
}
