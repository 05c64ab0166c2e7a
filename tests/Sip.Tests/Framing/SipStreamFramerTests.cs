using Webphone.Sip.Framing;
using Webphone.Sip.Messages;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Framing;

public class SipStreamFramerTests
{
    private static readonly byte[] Message = Options("Content-Length: 5\r\n", "hello");

    [Fact]
    public void Cut_short_is_not_malformed()
    {
        var framer = new SipStreamFramer();
        for (var length = 0; length < Message.Length; length++)
            Assert.Equal(SipFrameKind.NeedMore, framer.Next(Message.AsSpan(0, length)).Kind);
        Assert.Equal(new SipFrame(SipFrameKind.Message, 0, Message.Length, Message.Length), framer.Next(Message));
    }

    [Fact]
    public void Takes_messages_and_keep_alives_from_one_buffer()
    {
        var framer = new SipStreamFramer();
        byte[] stream = [.. Message, .. "\r\n\r\n"u8, .. Message, .. "\r\n"u8, .. Message];
        var kinds = new List<SipFrameKind>();
        for (var rest = stream.AsSpan(); !rest.IsEmpty;)
        {
            var frame = framer.Next(rest);
            kinds.Add(frame.Kind);
            rest = rest[frame.Consumed..];
        }

        Assert.Equal([SipFrameKind.Message, SipFrameKind.Ping, SipFrameKind.Message, SipFrameKind.Pong, SipFrameKind.Message], kinds);
    }

    [Fact]
    public void A_ping_in_two_halves_is_still_answered()
    {
        var framer = new SipStreamFramer();
        Assert.Equal(SipFrameKind.Pong, framer.Next("\r\n"u8).Kind);
        Assert.Equal(SipFrameKind.Ping, framer.Next("\r\n"u8).Kind);
        Assert.Equal(SipFrameKind.NeedMore, framer.Next("\r"u8).Kind);
    }

    [Theory]
    [InlineData("", SipParseReason.ContentLengthMissing)]
    [InlineData("Content-Length: 1\r\nl: 1\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("Content-Length: -1\r\n", SipParseReason.MalformedContentLength)]
    [InlineData("Content-Length: 0x10\r\n", SipParseReason.MalformedContentLength)]
    [InlineData("Content-Length: 99999999999999999999\r\n", SipParseReason.MalformedContentLength)]
    [InlineData("Content-Length: 61441\r\n", SipParseReason.BodyTooLarge)]
    public void Hostile_content_length_ends_the_stream_with_a_head_to_answer(string lines, SipParseReason reason)
    {
        var bytes = Options(lines);
        var frame = new SipStreamFramer().Next(bytes);
        Assert.Equal((SipFrameKind.Malformed, reason, bytes.Length), (frame.Kind, frame.Error.Reason, frame.Length));
    }

    [Fact]
    public void The_largest_body_is_taken_and_a_head_without_end_is_not()
    {
        var large = Options($"Content-Length: {SipLimits.BodyBytes}\r\n", new string('x', SipLimits.BodyBytes));
        Assert.Equal(SipFrameKind.Message, new SipStreamFramer().Next(large).Kind);
        var endless = new byte[SipLimits.HeadBytes + 1];
        Array.Fill(endless, (byte)'a');
        Assert.Equal(SipFrameKind.NeedMore, new SipStreamFramer().Next(endless.AsSpan(0, SipLimits.HeadBytes)).Kind);
        Assert.Equal(SipParseReason.HeadTooLarge, new SipStreamFramer().Next(endless).Error.Reason);
    }
}
