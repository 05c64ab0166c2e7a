using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Headers;

/// <summary>
/// A display name, a URI and header parameters: From, To, Contact, Route, Record-Route, Refer-To, Reply-To, P-Asserted-Identity, Path …
/// (<a href="https://www.rfc-editor.org/rfc/rfc3261#section-20.10">RFC 3261 §20.10</a>).
/// </summary>
public readonly ref struct NameAddr
{
    private NameAddr(ReadOnlySpan<byte> rawDisplayName, bool isQuoted, ReadOnlySpan<byte> uri, HeaderParameters parameters, ReadOnlySpan<byte> tag)
    {
        RawDisplayName = rawDisplayName;
        IsQuoted = isQuoted;
        Uri = uri;
        Parameters = parameters;
        Tag = tag;
    }

    /// <summary>As it stands in the header: without quotes, still escaped.</summary>
    public ReadOnlySpan<byte> RawDisplayName { get; }

    public bool IsQuoted { get; }

    /// <summary>The URI's bytes, without angle brackets. They have been parsed: <see cref="SipUri.TryParse"/> succeeds on them.</summary>
    public ReadOnlySpan<byte> Uri { get; }

    public HeaderParameters Parameters { get; }

    /// <summary>The display name as a person reads it; empty if there is none.</summary>
    public string DisplayName => QuotedText.Decode(RawDisplayName, IsQuoted);

    public ReadOnlySpan<byte> Tag { get; }

    public bool TryGetUri(out SipUri uri) => SipUri.TryParse(Uri, out uri, out _);

    public static bool TryParse(ReadOnlySpan<byte> value, out NameAddr address, out SipParseError error) => TryParse(value, out address, out _, out error);

    internal static bool TryParse(ReadOnlySpan<byte> value, out NameAddr address, out NotedParameters noted, out SipParseError error)
    {
        address = default;
        noted = default;
        var position = SipCharacters.LwsEnd(value, 0);
        var isQuoted = SipCharacters.At(value, position) == '"';
        ReadOnlySpan<byte> displayName = default;
        if (SipCharacters.At(value, position) != '<' && !TryDisplayName(value, ref position, isQuoted, out displayName, out error))
            return false;
        if (!TryAddress(value, ref position, out var uri, out error))
            return false;
        position = SipCharacters.LwsEnd(value, position);
        if (!HeaderParameters.TryParse(value, position, out var parameters, out noted, out error))
            return false;
        address = new NameAddr(displayName, isQuoted, uri, parameters, noted.Tag);
        return true;
    }

    /// <summary>A quoted string, or tokens up to the "&lt;"; a colon before that means that an addr-spec starts here.</summary>
    private static bool TryDisplayName(ReadOnlySpan<byte> value, scoped ref int position, bool isQuoted, out ReadOnlySpan<byte> name, out SipParseError error)
    {
        name = default;
        error = default;
        if (isQuoted)
        {
            var close = SipCharacters.QuotedEnd(value, position);
            if (close >= 0)
            {
                name = value[(position + 1)..(close - 1)];
                position = SipCharacters.LwsEnd(value, close);
                if (SipCharacters.At(value, position) == '<')
                    return true;
            }

            error = new SipParseError(close < 0 ? SipParseReason.UnterminatedQuote : SipParseReason.MalformedDisplayName, position);
            return false;
        }

        var rest = value[position..];
        var end = rest.IndexOfAny((byte)'<', (byte)':', (byte)'"');
        if (end <= 0 || rest[end] == ':')
            return true;
        if (rest[end] == '"' || !AreWords(rest[..end]))
        {
            error = new SipParseError(SipParseReason.MalformedDisplayName, position);
            return false;
        }

        name = SipCharacters.TrimLws(rest[..end]);
        position += end;
        return true;
    }

    /// <summary>Tokens and white space; also bytes above ASCII, which the grammar wants quoted and phones do not quote.</summary>
    private static bool AreWords(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (c < 0x80 && !SipCharacters.IsLws(c) && !SipCharacters.Token.Contains(c))
                return false;
        }

        return true;
    }

    private static bool TryAddress(ReadOnlySpan<byte> value, scoped ref int position, out ReadOnlySpan<byte> uri, out SipParseError error)
    {
        uri = default;
        var start = position;
        var isBracketed = SipCharacters.At(value, position) == '<';
        if (isBracketed)
        {
            start++;
            var length = value[start..].IndexOf((byte)'>');
            if (length < 0)
            {
                error = new SipParseError(SipParseReason.MalformedAddress, position);
                return false;
            }

            uri = value.Slice(start, length);
            position = start + length + 1;
        }
        else
        {
            // Without brackets the first semicolon starts the header's parameters, and a comma or question mark is not allowed at all.
            var length = value[start..].IndexOfAny(SipCharacters.AddrSpecEnd);
            uri = length < 0 ? value[start..] : value.Slice(start, length);
            position = start + uri.Length;
            if (SipCharacters.At(value, position) is (byte)',' or (byte)'?')
            {
                error = new SipParseError(SipParseReason.MalformedAddress, position);
                return false;
            }
        }

        if (SipUri.TryParse(uri, out _, out error))
            return true;
        error = error.Within(HeaderName.Unknown, start);
        return false;
    }
}
