using System.Net;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Messages;

public class SipMessageTests
{
    [Fact]
    public void Finds_what_every_layer_needs_in_one_pass()
    {
        var message = Take(Options("Max-Forwards: 68\r\nExpires: 60\r\nContent-Length: 2\r\n", "hi and more"));
        Assert.True(message.IsRequest);
        Assert.Equal(SipMethod.Options, message.Method);
        Assert.Equal("sip:b@example.com", Text(message.RequestUri));
        Assert.Equal(("z9hG4bKabc", "192.0.2.7", 5060, SipTransport.Udp), (Text(message.Branch), Text(message.ViaHost), message.ViaPort, message.ViaTransport));
        Assert.Equal(("1", "", "c@x", 7u), (Text(message.FromTag), Text(message.ToTag), Text(message.CallId), message.CSeqNumber));
        Assert.Equal((68, 60u), (message.MaxForwards, message.Expires));
        Assert.Equal("hi", Text(message.Body.Span));
    }

    [Fact]
    public void Walks_lists_folds_compact_names_and_unknown_headers()
    {
        var message = Take(Options("Route: <sip:a;lr>, \"x, y\" <sip:b,c@d;lr>\r\nk: timer,\r\n  100rel\r\nSupported: path\r\nX-Thing: one\r\nx-thing: two, three\r\n"));
        Assert.Equal(2, message.Headers(HeaderName.Route).Count());
        Assert.True(message.HasToken(HeaderName.Supported, "100REL"u8) && message.HasToken(HeaderName.Supported, "path"u8));
        Assert.Equal(2, message.Headers("X-THING"u8).Count());
    }

    [Theory]
    [InlineData("Z: a\0b\r\n", SipParseReason.ControlCharacter)]
    [InlineData("Z: a\u0007b\r\n", SipParseReason.ControlCharacter)]
    [InlineData("Z: \\\0\r\n", SipParseReason.ControlCharacter)]
    [InlineData("Z: a\nVia: b\r\n", SipParseReason.BareLineBreak)]
    [InlineData("Z: a\rVia: b\r\n", SipParseReason.BareLineBreak)]
    [InlineData("X\u00a0: a\r\n", SipParseReason.MalformedHeaderName)]
    [InlineData("no colon\r\n", SipParseReason.MalformedHeaderName)]
    [InlineData("Call-ID: d@y\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("i : d@y\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("CSeq: 8 OPTIONS\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("From: <sip:x@y>;tag=2\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("t: <sip:x@y>\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("l: 0\r\nContent-Length: 0\r\n", SipParseReason.DuplicateHeader)]
    [InlineData("Content-Length: +0\r\n", SipParseReason.MalformedContentLength)]
    [InlineData("Content-Length: 0, 5\r\n", SipParseReason.MalformedContentLength)]
    [InlineData("Content-Length: 1\r\n", SipParseReason.ContentLengthBeyondMessage)]
    public void Smuggled_headers_are_refused(string lines, SipParseReason reason) => Assert.Equal(reason, Refuse(Options(lines)));

    [Fact]
    public void White_space_before_the_colon_names_the_same_header()
    {
        var message = Take(Options("Subject \t : hello\r\n"));
        Assert.Equal("hello", message.HeaderText(HeaderName.Subject));
    }

    [Fact]
    public void Two_tags_are_refused_since_two_elements_could_pick_different_ones() =>
        Assert.Equal(SipParseReason.DuplicateParameter, Refuse(Bytes(Text(Options()).Replace(";tag=1", ";tag=1;tag=2", StringComparison.Ordinal))));

    [Fact]
    public void A_bad_request_is_given_for_the_answer_and_a_bad_response_or_ack_is_not()
    {
        var bad = Text(Options("Content-Type: soon\r\n"));
        Assert.False(SipMessage.TryParse(Bytes(bad), out var request, out var error));
        Assert.Equal(400, error.Status);
        Assert.Equal(HeaderName.ContentType, error.Header);
        Assert.StartsWith("SIP/2.0 400 Malformed Content-Type\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\r\n", Text(SipResponse.Create(request!, error)!), StringComparison.Ordinal);
        Assert.False(SipMessage.TryParse(Bytes(bad.Replace("OPTIONS", "ACK", StringComparison.Ordinal)), out var ack, out _));
        Assert.Null(ack);
        Assert.False(SipMessage.TryParse(Bytes(bad.Replace("OPTIONS sip:b@example.com SIP/2.0", "SIP/2.0 200 OK", StringComparison.Ordinal)), out var response, out _));
        Assert.Null(response);
    }

    [Fact]
    public void Keep_alives_and_noise_are_dropped()
    {
        Assert.Equal(SipParseReason.Empty, Refuse(Bytes("\r\n\r\n")));
        Assert.Equal(SipParseReason.Empty, Refuse([]));
        Assert.Equal(SipParseReason.NotSip, Refuse(Bytes("GET / HTTP/1.1\r\n\r\n")));
        Assert.Equal(SipParseReason.NotSip, Refuse(new byte[100]));
    }

    [Fact]
    public void Response_copies_the_request_and_stamps_the_top_via()
    {
        var text = Text(Options("Record-Route: <sip:p;lr>\r\n")).Replace("branch=z9hG4bKabc", "rport;branch=z9hG4bKabc;received=9.9.9.9, SIP/2.0/TCP h", StringComparison.Ordinal);
        var request = Take(Bytes(text));
        request.Stamp(IPAddress.Parse("203.0.113.9"), 40000);
        var response = Take(SipResponse.Create(request, 200, "totag"u8));
        Assert.Equal(200, response.StatusCode);
        Assert.Equal("OK", Text(response.ReasonPhrase));
        Assert.Equal("totag", Text(response.ToTag));
        Assert.Equal(SipMethod.Options, response.Method);
        Assert.Equal((IPAddress.Parse("203.0.113.9"), 40000), (response.TopVia.ReceivedAddress, response.TopVia.Rport));
        Assert.Equal(2, response.Headers(HeaderName.Via).Count());
        Assert.True(response.Has(HeaderName.RecordRoute));
    }

    [Fact]
    public void Trying_takes_no_tag() => Assert.True(Take(SipResponse.Create(Take(Options()), 100, "t"u8)).ToTag.IsEmpty);

    [Fact]
    public void Received_is_stamped_only_where_sent_by_says_something_else()
    {
        var request = Take(Options());
        request.Stamp(IPAddress.Parse("::ffff:192.0.2.7"), 5060);
        Assert.True(request.ReceivedStamp.IsEmpty);
        request.Stamp(IPAddress.Parse("192.0.2.8"), 5060);
        Assert.Equal(IPAddress.Parse("192.0.2.8"), request.ReceivedStamp.Received);
    }

    [Fact]
    public void Written_values_cannot_start_a_line()
    {
        var writer = new SipWriter();
        writer.RequestLine(SipMethod.Options, "sip:b@example.com"u8);
        writer.Via(SipTransport.Udp, "192.0.2.7"u8, "z9hG4bKabc"u8);
        writer.Address(HeaderName.From, "Mallory\"\\\r\nEvil: 1", "sip:a@example.com\r\nEvil: 2"u8, "1\r\nEvil: 3"u8);
        writer.Header(HeaderName.Subject, "x\r\nEvil: 4");
        writer.NoBody();
        var text = Text(writer.Written);
        writer.Dispose();
        Assert.DoesNotContain("\nEvil", text, StringComparison.Ordinal);
        Assert.Equal(7, text.Split("\r\n").Length);
    }

    [Theory]
    [InlineData(SipLimits.HeaderLines - 5, true)]
    [InlineData(SipLimits.HeaderLines - 4, false)]
    public void Header_lines_are_limited(int more, bool taken) =>
        Assert.Equal(taken ? SipParseReason.None : SipParseReason.TooManyHeaders, Reason(Options(string.Concat(Enumerable.Repeat("Z: y\r\n", more)))));

    [Theory]
    [InlineData(SipLimits.HeaderValueBytes, SipParseReason.None)]
    [InlineData(SipLimits.HeaderValueBytes + 1, SipParseReason.HeaderTooLong)]
    public void Header_values_are_limited(int length, SipParseReason reason) => Assert.Equal(reason, Reason(Options($"Z: {new string('y', length)}\r\n")));

    [Theory]
    [InlineData(SipLimits.HeaderNameBytes, SipParseReason.None)]
    [InlineData(SipLimits.HeaderNameBytes + 1, SipParseReason.MalformedHeaderName)]
    public void Header_names_are_limited(int length, SipParseReason reason) => Assert.Equal(reason, Reason(Options($"{new string('y', length)}: x\r\n")));

    [Theory]
    [InlineData(SipLimits.BodyBytes, SipParseReason.None)]
    [InlineData(SipLimits.BodyBytes + 1, SipParseReason.BodyTooLarge)]
    public void Bodies_are_limited(int length, SipParseReason reason) => Assert.Equal(reason, Reason(Options("", new string('y', length))));

    [Fact]
    public void Messages_are_limited_and_the_oversized_is_answered()
    {
        Assert.False(SipMessage.TryParse(Options("", new string('y', SipLimits.MessageBytes)), out var message, out var error));
        Assert.Equal(513, error.Status);
        Assert.NotNull(message);
    }

    [Theory]
    [InlineData(0, SipParseReason.None)]
    [InlineData(1, SipParseReason.HeadTooLarge)]
    public void Heads_are_limited(int beyond, SipParseReason reason)
    {
        var filler = string.Concat(Enumerable.Repeat($"Z: {new string('y', 8000)}\r\n", 4));
        var rest = SipLimits.HeadBytes - Options(filler).Length - "Y: \r\n".Length + 2;
        Assert.Equal(reason, Reason(Options($"{filler}Y: {new string('z', rest + beyond)}\r\n")));
    }

    [Theory]
    [InlineData(SipLimits.ValuesPerLine, SipParseReason.None)]
    [InlineData(SipLimits.ValuesPerLine + 1, SipParseReason.TooManyValues)]
    public void Values_of_a_line_are_limited(int count, SipParseReason reason) =>
        Assert.Equal(reason, Reason(Options($"Route: {string.Join(',', Enumerable.Repeat("<sip:a;lr>", count))}\r\n")));

    [Theory]
    [InlineData(SipLimits.Parameters, SipParseReason.None)]
    [InlineData(SipLimits.Parameters + 1, SipParseReason.TooManyParameters)]
    public void Parameters_are_limited(int count, SipParseReason reason) =>
        Assert.Equal(reason, Reason(Options($"Contact: <sip:a@b>{string.Concat(Enumerable.Repeat(";p=1", count))}\r\n")));

    private static SipParseReason Reason(byte[] bytes) => SipMessage.TryParse(bytes, out _, out var error) ? SipParseReason.None : error.Reason;
}
