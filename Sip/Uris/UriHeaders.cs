using Webphone.Sip.Messages;

namespace Webphone.Sip.Uris;

/// <summary>The ?name=value&amp;name=value headers of a URI, still escaped, checked when the URI was parsed.</summary>
public readonly ref struct UriHeaders
{
    internal UriHeaders(ReadOnlySpan<byte> raw) => Raw = raw;

    /// <summary>What follows the question mark.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    public bool IsEmpty => Raw.IsEmpty;

    public UriPairs GetEnumerator() => new(Raw, (byte)'&');

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

    internal static bool TryParse(ReadOnlySpan<byte> raw, out UriHeaders headers, out SipParseError error)
    {
        headers = new UriHeaders(raw);
        error = default;
        var count = 0;
        foreach (var pair in headers)
        {
            if (++count > SipLimits.Parameters)
            {
                error = new SipParseError(SipParseReason.TooManyParameters, 0);
                return false;
            }

            if (pair.Name.IsEmpty || !pair.HasValue || !UriEscaping.IsHeader(pair.Name) || !UriEscaping.IsHeader(pair.Value))
            {
                error = new SipParseError(SipParseReason.MalformedUri, 0);
                return false;
            }
        }

        if (count > 0)
            return true;
        error = new SipParseError(SipParseReason.MalformedUri, 0);
        return false;
    }
}
