using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>
/// Seconds with parameters: Session-Expires and Min-SE (RFC 4028 §4, §5), Retry-After (RFC 3261 §20.33), Min-Expires, Flow-Timer. Too many count as the most.
/// </summary>
public readonly ref struct DeltaSeconds
{
    private DeltaSeconds(uint seconds, HeaderParameters parameters)
    {
        Seconds = seconds;
        Parameters = parameters;
    }

    public uint Seconds { get; }

    public HeaderParameters Parameters { get; }

    /// <summary>Session-Expires: the side that placed the request refreshes.</summary>
    public bool IsRefresherUac => Parameters.TryGet("refresher"u8, out var who) && Ascii.EqualsIgnoreCase(who, "uac"u8);

    /// <summary>Session-Expires: the side that answers refreshes.</summary>
    public bool IsRefresherUas => Parameters.TryGet("refresher"u8, out var who) && Ascii.EqualsIgnoreCase(who, "uas"u8);

    public static bool TryParse(ReadOnlySpan<byte> value, out DeltaSeconds parsed, out SipParseError error)
    {
        parsed = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryRun(CharacterClass.Digit, out var digits) || !Numbers.TryParseClamped(digits, out var seconds))
        {
            error = lexer.Error(SipParseReason.MalformedNumber);
            return false;
        }

        SkipComment(ref lexer);
        if (!HeaderParameters.TryParse(value, lexer.Position, out var parameters, out error))
            return false;
        parsed = new DeltaSeconds(seconds, parameters);
        return true;
    }

    /// <summary>Retry-After may explain itself in parentheses.</summary>
    private static void SkipComment(scoped ref Lexer lexer)
    {
        lexer.SkipLws();
        if (lexer.Peek != '(')
            return;
        var close = lexer.Rest.LastIndexOf((byte)')');
        if (close > 0)
            lexer.Advance(close + 1);
        lexer.SkipLws();
    }
}
