using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>
/// A token with parameters: Event (RFC 6665 §8.2.1), Subscription-State (§8.2.3), Reason (RFC 3326), Privacy and Content-Disposition values.
/// </summary>
public readonly ref struct TokenValue
{
    private TokenValue(ReadOnlySpan<byte> token, HeaderParameters parameters)
    {
        Token = token;
        Parameters = parameters;
    }

    public ReadOnlySpan<byte> Token { get; }

    public HeaderParameters Parameters { get; }

    /// <summary>The id of an Event.</summary>
    public ReadOnlySpan<byte> Id => Parameters.TryGet("id"u8, out var id) ? id : default;

    /// <summary>The seconds of a Subscription-State, or null.</summary>
    public uint? Expires => Parameters.GetNumber("expires"u8);

    /// <summary>The cause of a Reason, such as 200 in <c>SIP;cause=200;text="Call completed elsewhere"</c>.</summary>
    public uint? Cause => Parameters.GetNumber("cause"u8);

    public bool Is(ReadOnlySpan<byte> token) => Ascii.EqualsIgnoreCase(Token, token);

    public static bool TryParse(ReadOnlySpan<byte> value, out TokenValue parsed, out SipParseError error)
    {
        parsed = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryToken(out var token))
        {
            error = lexer.Error(SipParseReason.MalformedToken);
            return false;
        }

        lexer.SkipLws();
        if (!HeaderParameters.TryParse(value, lexer.Position, out var parameters, out error))
            return false;
        parsed = new TokenValue(token, parameters);
        return true;
    }
}
