using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip;

/// <summary>Writes every SIP message as it goes over the wire, at level Trace, with the proofs of passwords and the keys of media masked.</summary>
public sealed partial class WireTrace(ILogger<WireTrace> logger)
{
    public void Received(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        if (!logger.IsEnabled(LogLevel.Trace))
            return;
        var text = Readable(message);
        LogReceived(flow, message.Length, text);
    }

    public void Sent(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        if (!logger.IsEnabled(LogLevel.Trace))
            return;
        var text = Readable(message);
        LogSent(flow, message.Length, text);
    }

    /// <summary>The message as text without secrets and without control characters that could confuse a terminal.</summary>
    internal static string Readable(ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        text = DigestResponse().Replace(text, "$1\"***\"");
        text = InlineKey().Replace(text, "$1***");
        return string.Create(text.Length, text, static (characters, source) =>
        {
            for (var i = 0; i < characters.Length; i++)
                characters[i] = char.IsControl(source[i]) && source[i] is not ('\n' or '\t') ? (source[i] == '\r' ? ' ' : '\uFFFD') : source[i];
        });
    }

    [GeneratedRegex("""\b((?:response|cnonce|nonce|rspauth)\s*=\s*)"[^"\r\n]*"?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DigestResponse();

    [GeneratedRegex("""(\binline:)[^\s|]+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InlineKey();

    [LoggerMessage(Level = LogLevel.Trace, Message = "<- {Flow} {Length} bytes\n{Text}")]
    private partial void LogReceived(SipFlow flow, int length, string text);

    [LoggerMessage(Level = LogLevel.Trace, Message = "-> {Flow} {Length} bytes\n{Text}")]
    private partial void LogSent(SipFlow flow, int length, string text);
}
