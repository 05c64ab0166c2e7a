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

    /// <summary>Parses parameters from the position to the end of the text.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, int position, out HeaderParameters parameters, out SipParseError error) =>
        TryParse(text, position, out parameters, out _, out error);

    internal static bool TryParse(ReadOnlySpan<byte> text, int position, out HeaderParameters parameters, out NotedParameters noted, out SipParseError error)
    {
        noted = default;
        var start = position;
        var reason = SipParseReason.None;
        for (var count = 0; position < text.Length; count++)
        {
            if (count == SipLimits.Parameters)
                reason = SipParseReason.TooManyParameters;
            else if (TryTakeOne(text, ref position, out var parameter, out reason))
                noted.Note(in parameter);
            if (reason == SipParseReason.None)
                continue;
            parameters = default;
            error = new SipParseError(reason, position);
            return false;
        }

        parameters = new HeaderParameters(text[start..]);
        error = default;
        return true;
    }

    /// <summary>Takes one parameter and the white space around it; on failure the position is where it went wrong.</summary>
    private static bool TryTakeOne(ReadOnlySpan<byte> text, scoped ref int position, out HeaderParameter parameter, out SipParseReason reason)
    {
        parameter = default;
        reason = SipParseReason.MalformedParameter;
        var at = SipCharacters.LwsEnd(text, position);
        if (SipCharacters.At(text, at) != ';')
            return false;
        at = SipCharacters.LwsEnd(text, at + 1);
        var nameEnd = SipCharacters.RunEnd(text, at, CharacterClass.Token);
        var name = text[at..nameEnd];
        position = nameEnd;
        if (name.IsEmpty)
            return false;
        at = SipCharacters.LwsEnd(text, nameEnd);
        if (SipCharacters.At(text, at) != '=')
        {
            parameter = new HeaderParameter(name, default, false, false);
            position = at;
            reason = SipParseReason.None;
            return true;
        }

        at = SipCharacters.LwsEnd(text, at + 1);
        position = at;
        var isQuoted = SipCharacters.At(text, at) == '"';
        var end = isQuoted ? SipCharacters.QuotedEnd(text, at) : PlainValueEnd(text, at);
        if (end <= at)
        {
            reason = isQuoted ? SipParseReason.UnterminatedQuote : reason;
            return false;
        }

        parameter = new HeaderParameter(name, isQuoted ? text[(at + 1)..(end - 1)] : text[at..end], true, isQuoted);
        position = SipCharacters.LwsEnd(text, end);
        reason = SipParseReason.None;
        return true;
    }

    /// <summary>Outside the grammar but harmless: bytes above ASCII, which phones put unquoted into parameters.</summary>
    private static int PlainValueEnd(ReadOnlySpan<byte> text, int position)
    {
        position = SipCharacters.RunEnd(text, position, CharacterClass.ParameterValue);
        while (SipCharacters.At(text, position) >= 0x80)
            position = SipCharacters.RunEnd(text, position + 1, CharacterClass.ParameterValue);
        return position;
    }

    /// <summary>Walks checked parameters.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _text;
        private int _position;
        private HeaderParameter _current;

        internal Enumerator(ReadOnlySpan<byte> raw) => _text = raw;

        public readonly HeaderParameter Current => _current;

        public bool MoveNext() => _position < _text.Length && TryTakeOne(_text, ref _position, out _current, out _);
    }
}
