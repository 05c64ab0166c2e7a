using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Rtp;

public class RtpHeaderTests
{
    private static readonly byte[] Full =
    [
        0xB1, 0xE0, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 2, // version 2, padding, extension, one source, marker, type 96
        0, 0, 0, 3, // contributing source
        0xBE, 0xDE, 0, 1, 1, 2, 3, 4, // extension of one word
        9, 9, 9, 0, 2, // three bytes of payload, two of padding
    ];

    [Fact]
    public void Reads_every_field_and_finds_the_payload()
    {
        Assert.True(RtpHeader.TryParse(Full, out var header, out _));
        Assert.Equal((96, true, 0x1234, 1u, 2u), (header.PayloadType, header.Marker, header.Sequence, header.Timestamp, header.Ssrc));
        Assert.Equal((24, 3), (header.PayloadOffset, header.PayloadLength));
    }

    [Fact]
    public void Refuses_a_packet_cut_anywhere_before_its_payload()
    {
        for (var length = 0; length < 24; length++)
            Assert.False(RtpHeader.TryParse(Full.AsSpan(0, length), out _, out var error) || error == RtpParseError.None);
    }

    [Theory]
    [InlineData(0, RtpParseError.BadPadding)]
    [InlineData(6, RtpParseError.BadPadding)]
    public void Refuses_padding_that_is_none_or_more_than_there_is(byte padding, RtpParseError expected)
    {
        var packet = (byte[])Full.Clone();
        packet[^1] = padding;
        Assert.False(RtpHeader.TryParse(packet, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Reads_what_it_wrote()
    {
        var written = new byte[12];
        new RtpHeader(101, true, 65535, uint.MaxValue, 7).Write(written);
        Assert.True(RtpHeader.TryParse(written, out var header, out _));
        Assert.Equal((101, true, 65535, uint.MaxValue, 7u), (header.PayloadType, header.Marker, header.Sequence, header.Timestamp, header.Ssrc));
    }
}
