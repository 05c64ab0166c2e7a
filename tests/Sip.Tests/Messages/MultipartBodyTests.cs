using Webphone.Sip.Messages;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Messages;

public class MultipartBodyTests
{
    [Fact]
    public void Finds_the_sdp_within_nested_parts()
    {
        var inner = "--in\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--in--\r\n";
        var body = Bytes($"preamble\r\n--out\r\n\r\nplain\r\n--out\r\nC-D: x\r\nc: multipart/alternative; boundary=in\r\n\r\n{inner}\r\n--out--\r\n");
        Assert.True(MultipartBody.TryFind("multipart/mixed;boundary=\"out\""u8, body, "application"u8, "sdp"u8, out var sdp));
        Assert.Equal("v=0\r\n", Text(sdp.Span));
    }

    [Theory]
    [InlineData(SipLimits.MultipartParts, true)]
    [InlineData(SipLimits.MultipartParts + 1, false)]
    public void Parts_are_limited(int count, bool taken)
    {
        var body = string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", count)) + "--b--";
        Assert.Equal(taken, MultipartBody.TrySplit(Bytes(body), "b"u8, out _));
    }

    [Theory]
    [InlineData(SipLimits.MultipartDepth, true)]
    [InlineData(SipLimits.MultipartDepth + 1, false)]
    public void Nesting_is_limited(int depth, bool found)
    {
        var (type, body) = ("application/sdp", "v=0");
        for (var i = 0; i < depth; i++)
            (type, body) = ($"multipart/mixed;boundary=b{i}", $"--b{i}\r\nContent-Type: {type}\r\n\r\n{body}\r\n--b{i}--");
        Assert.Equal(found, MultipartBody.TryFind(Bytes(type), Bytes(body), "application"u8, "sdp"u8, out _));
    }
}
