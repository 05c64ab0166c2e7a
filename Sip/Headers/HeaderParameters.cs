using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>The parameters that follow a header value, checked when the value was parsed and walked without allocation.</summary>
/// <remarks>Raw is what stands from the first semicolon to the end of the value.</remarks>
public readonly ref struct HeaderParameters
{
    private HeaderParameters(ReadOnlySpan<byte> raw) => Raw = raw;

    public ReadOnlySpan<byte> Raw { get; }

    public bool IsEmpty => Raw.IsEmpty;

    public Enumerator GetEnumerator() => new(Raw);

    /// <summary>Finds a parameter by its name, in any case. A parameter without value is found too; its value is empty.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var parameter in this)
        {
            if (!parameter.Is(name))
                continue;
            value = parameter.Value;
            return true;
        }

        value = default;
        return false;
    }

    public bool Has(ReadOnlySpan<byte> name) => TryGet(name, out _);

    /// <summary>The parameter's value as text with its escapes resolved, or null if it is not there.</summary>
    public string? GetText(ReadOnlySpan<byte> name)
    {
        foreach (var parameter in this)
        {
            if (parameter.Is(name))
                return parameter.Text;
        }

        return null;
    }

    /// <summary>The parameter as a number, or null if it is not there or no number; too large a number counts as the largest.</summary>
    public uint? GetNumber(ReadOnlySpan<byte> name) =>
        TryGet(name, out var value) && Numbers.TryParseClamped(value, out var number) ? number : null;

    /// <summary>Parses parameters from the lexer's position to the end of its text.</summary>
    internal static bool TryParse(scoped ref Lexer lexer, out HeaderParameters parameters, out SipParseError error) =>
        TryParse(ref lexer, out parameters, out _, out error);

    internal static bool TryParse(scoped ref Lexer lexer, out HeaderParameters parameters, out NotedParameters noted, out SipParseError error)
    {
        noted = default;
        var raw = lexer.Rest;
        var count = 0;
        while (!lexer.AtEnd)
        {
            if (!TryParseOne(ref lexer, out var parameter, out error))
            {
                parameters = default;
                return false;
            }

            noted.Note(in parameter);

            if (++count > SipLimits.Parameters)
            {
                parameters = default;
                error = lexer.Error(SipParseReason.TooManyParameters);
                return false;
            }
        }

        error = default;
        parameters = new HeaderParameters(raw);
        return true;
    }

    private static bool TryParseOne(scoped ref Lexer lexer, out HeaderParameter parameter, out SipParseError error)
    {
        parameter = default;
        error = default;
        if (!lexer.TrySeparator((byte)';') || !lexer.TryToken(out var name))
        {
            error = lexer.Error(SipParseReason.MalformedParameter);
            return false;
        }

        if (!lexer.TrySeparator((byte)'='))
        {
            parameter = new HeaderParameter(name, default, false, false);
        }
        else if (lexer.Peek == '"')
        {
            if (!lexer.TryQuoted(out var quoted))
            {
                error = lexer.Error(SipParseReason.UnterminatedQuote);
                return false;
            }

            parameter = new HeaderParameter(name, quoted, true, true);
        }
        else if (TryPlainValue(ref lexer, out var value))
        {
            parameter = new HeaderParameter(name, value, true, false);
        }
        else
        {
            error = lexer.Error(SipParseReason.MalformedParameter);
            return false;
        }

        lexer.SkipLws();
        return true;
    }

    /// <summary>Outside the grammar but harmless: bytes above ASCII, which phones put unquoted into parameters.</summary>
    private static bool TryPlainValue(scoped ref Lexer lexer, out ReadOnlySpan<byte> value)
    {
        var rest = lexer.Rest;
        var length = SipCharacters.RunLength(rest, CharacterClass.ParameterValue);
        while (length < rest.Length && rest[length] >= 0x80)
            length += 1 + SipCharacters.RunLength(rest[(length + 1)..], CharacterClass.ParameterValue);

        value = rest[..length];
        lexer.Advance(length);
        return length > 0;
    }

    /// <summary>Walks checked parameters.</summary>
    public ref struct Enumerator
    {
        private Lexer _lexer;
        private HeaderParameter _current;

        internal Enumerator(ReadOnlySpan<byte> raw) => _lexer = new Lexer(raw);

        public readonly HeaderParameter Current => _current;

        public bool MoveNext()
        {
            var lexer = _lexer;
            var found = !lexer.AtEnd && TryParseOne(ref lexer, out _current, out _);
            _lexer = lexer;
            return found;
        }
    }
}
