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

    internal static bool TryParse(ReadOnlySpan<byte> raw, out UriParameters parameters, out SipParseError error)
    {
        parameters = new UriParameters(raw);
        error = default;
        var rest = raw;
        for (var count = 0; !rest.IsEmpty; count++)
        {
            if (count == SipLimits.Parameters)
            {
                error = new SipParseError(SipParseReason.TooManyParameters, 0);
                return false;
            }

            if (TryTakeOne(ref rest))
                continue;
            error = new SipParseError(SipParseReason.MalformedUri, 0);
            return false;
        }

        return true;
    }

    /// <summary>Takes ";name" or ";name=value"; neither may be empty.</summary>
    private static bool TryTakeOne(ref ReadOnlySpan<byte> rest)
    {
        if (rest[0] != ';')
            return false;
        var name = SipCharacters.RunLength(rest[1..], CharacterClass.UriParameter);
        rest = rest[(name + 1)..];
        if (name == 0 || rest.IsEmpty || rest[0] != '=')
            return name > 0;
        var value = SipCharacters.RunLength(rest[1..], CharacterClass.UriParameter);
        rest = rest[(value + 1)..];
        return value > 0;
    }
}
