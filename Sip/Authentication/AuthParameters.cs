using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Authentication;

/// <summary>scheme followed by name=value pairs with commas between them: challenges and credentials (RFC 3261 §25.1).</summary>
internal readonly ref struct AuthParameters
{
    private readonly ReadOnlySpan<byte> _raw;

    private AuthParameters(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> raw)
    {
        Scheme = scheme;
        _raw = raw;
    }

    public ReadOnlySpan<byte> Scheme { get; }

    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name)
    {
        var lexer = new Lexer(_raw);
        while (TryNext(ref lexer, out var parameter))
        {
            if (parameter.Is(name))
                return parameter.Value;
        }

        return default;
    }

    public string GetText(ReadOnlySpan<byte> name)
    {
        var lexer = new Lexer(_raw);
        while (TryNext(ref lexer, out var parameter))
        {
            if (parameter.Is(name))
                return parameter.Text;
        }

        return "";
    }

    /// <summary>Other schemes than Digest are parsed as far as the scheme: their parameters are theirs.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out AuthParameters parameters, out SipParseError error)
    {
        parameters = default;
        error = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryToken(out var scheme) || !SipCharacters.IsLws(lexer.Peek))
        {
            error = lexer.Error(SipParseReason.MalformedCredentials);
            return false;
        }

        lexer.SkipLws();
        parameters = new AuthParameters(scheme, lexer.Rest);
        if (!Ascii.EqualsIgnoreCase(scheme, "Digest"u8))
            return true;
        var count = 0;
        while (TryNext(ref lexer, out _))
            count++;
        if (lexer.AtEnd && count is > 0 and <= SipLimits.Parameters)
            return true;
        error = lexer.Error(SipParseReason.MalformedCredentials);
        return false;
    }

    private static bool TryNext(scoped ref Lexer lexer, out HeaderParameter parameter)
    {
        parameter = default;
        if (lexer.AtEnd || !lexer.TryToken(out var name) || !lexer.TrySeparator((byte)'='))
            return false;
        var quoted = lexer.Peek == '"';
        if (!(quoted ? lexer.TryQuoted(out var value) : lexer.TryRun(CharacterClass.ParameterValue, out value)))
            return false;
        parameter = new HeaderParameter(name, value, true, quoted);
        lexer.SkipLws();
        return lexer.AtEnd || (lexer.TrySeparator((byte)',') && !lexer.AtEnd);
    }
}
