using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Tests;

/// <summary>Small messages for tests, spelled where they are used.</summary>
internal static class TestMessages
{
    public const string Head = "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: c@x\r\n";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>An OPTIONS with extra header lines and body.</summary>
    public static byte[] Options(string lines = "", string body = "") => Bytes($"OPTIONS sip:b@example.com SIP/2.0\r\n{Head}CSeq: 7 OPTIONS\r\n{lines}\r\n{body}");

    public static SipMessage Take(byte[] bytes)
    {
        Assert.True(SipMessage.TryParse(bytes, out var message, out var error), error.ToString());
        return message!;
    }

    /// <summary>The reason that the bytes are refused for.</summary>
    public static SipParseReason Refuse(byte[] bytes)
    {
        Assert.False(SipMessage.TryParse(bytes, out _, out var error));
        return error.Reason;
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
