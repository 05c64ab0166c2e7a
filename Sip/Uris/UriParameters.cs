using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Uris;

/// <summary>The ;name=value parameters of a URI, still escaped, checked when the URI was parsed.</summary>
public readonly ref struct UriParameters
{
    internal UriParameters(ReadOnlySpan<byte> raw) => Raw = raw;

    /// <summary>From the first semicolon on.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    public bool IsEmpty => Raw.IsEmpty;

    public UriPairs GetEnumerator() => new(Raw.IsEmpty ? Raw : Raw[1..], (byte)';');

    /// <summary>Finds a parameter by name in any case; one without value is found with an empty value.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var pair in this)
        {
            if (!UriEscaping.Same(pair.Name, name, ignoreCase: true))
                continue;
            value = pair.Value;
            return true;
        }

        value = default;
        return false;
    }

    public bool Has(ReadOnlySpan<byte> name) => TryGet(name, out _);

    /// <summary>Checks parameters from the position to the end of the text.</summary>
    internal static bool Check(ReadOnlySpan<byte> text, int position, out SipParseError error)
    {
        var start = position;
        error = default;
        for (var count = 0; position < text.Length; count++)
        {
            if (count < SipLimits.Parameters && TryTakeOne(text, ref position))
                continue;
            error = new SipParseError(count < SipLimits.Parameters ? SipParseReason.MalformedUri : SipParseReason.TooManyParameters, start);
            return false;
        }

        return true;
    }

    /// <summary>Takes ";name" or ";name=value"; neither may be empty.</summary>
    private static bool TryTakeOne(ReadOnlySpan<byte> text, scoped ref int position)
    {
        if (text[position] != ';')
            return false;
        var name = position + 1;
        position = UriEscaping.RunEnd(text, name, CharacterClass.UriParameter);
        if (position == name || SipCharacters.At(text, position) != '=')
            return position > name;
        var value = position + 1;
        position = UriEscaping.RunEnd(text, value, CharacterClass.UriParameter);
        return position > value;
    }
}
