using Webphone.Sip.Messages;

namespace Webphone.Sip.Tests.Messages;

public class HeadScannerTests
{
    [Fact]
    public void Finds_every_control_character_at_every_place_and_nothing_else()
    {
        var text = new byte[100];
        for (var length = 1; length <= text.Length; length += 11)
        {
            for (var at = 0; at < length; at++)
            {
                for (var c = 0; c < 256; c++)
                {
                    Array.Fill(text, (byte)'x');
                    text[at] = (byte)c;
                    var isControl = c is < 0x20 and not '\t' or 0x7F;
                    Assert.Equal(isControl ? at : -1, HeadScanner.IndexOfControl(text.AsSpan(0, length), 0, out _));
                    Assert.Equal(isControl ? at : -1, HeadScanner.IndexOfControl(text.AsSpan(0, length), Math.Min(at, 5)));
                }
            }
        }
    }

    [Theory]
    [InlineData("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n", 3)]
    [InlineData("v:\r\nSubject: a colon behind the end of the line is another's\r\n", 1)]
    [InlineData("\r\nSubject: the line is empty and its name too\r\n", 9)]
    public void Tells_where_the_first_colon_is(string text, int colon)
    {
        _ = HeadScanner.IndexOfControl(System.Text.Encoding.ASCII.GetBytes(text), 0, out var nameLength);
        Assert.Equal(colon, nameLength);
    }
}
