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
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!TryDisplayName(ref lexer, out var displayName, out var isQuoted, out error))
            return false;
        var start = lexer.Position;
        if (!TryAddress(ref lexer, out var uri, out var uriStart, out error))
            return false;
        if (!SipUri.TryParse(uri, out _, out error))
        {
            error = error.Within(HeaderName.Unknown, start + uriStart);
            return false;
        }

        lexer.SkipLws();
        if (!HeaderParameters.TryParse(ref lexer, out var parameters, out noted, out error))
            return false;
        address = new NameAddr(displayName, isQuoted, uri, parameters, noted.Tag);
        return true;
    }

    /// <summary>A quoted string, or tokens up to the "&lt;"; a colon before that means that an addr-spec starts here.</summary>
    private static bool TryDisplayName(scoped ref Lexer lexer, out ReadOnlySpan<byte> name, out bool isQuoted, out SipParseError error)
    {
        name = default;
        error = default;
        isQuoted = lexer.Peek == '"';
        if (isQuoted)
        {
            if (!lexer.TryQuoted(out name))
            {
                error = lexer.Error(SipParseReason.UnterminatedQuote);
                return false;
            }

            lexer.SkipLws();
            if (lexer.Peek == '<')
                return true;
            error = lexer.Error(SipParseReason.MalformedDisplayName);
            return false;
        }

        var rest = lexer.Rest;
        var end = rest.IndexOfAny("<:\""u8);
        if (end <= 0 || rest[end] == ':')
            return true;
        if (rest[end] == '"' || !AreWords(rest[..end]))
        {
            error = lexer.Error(SipParseReason.MalformedDisplayName);
            return false;
        }

        name = SipCharacters.TrimLws(rest[..end]);
        lexer.Advance(end);
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

    private static bool TryAddress(scoped ref Lexer lexer, out ReadOnlySpan<byte> uri, out int uriStart, out SipParseError error)
    {
        error = default;
        var rest = lexer.Rest;
        if (lexer.Peek == '<')
        {
            uriStart = 1;
            var close = rest.IndexOf((byte)'>');
            if (close < 0)
            {
                uri = default;
                error = lexer.Error(SipParseReason.MalformedAddress);
                return false;
            }

            uri = rest[1..close];
            lexer.Advance(close + 1);
            return true;
        }

        // Without brackets the first semicolon starts the header's parameters, and a comma or question mark is not allowed at all.
        uriStart = 0;
        var end = rest.IndexOfAny(SipCharacters.AddrSpecEnd);
        if (end < 0)
            end = rest.Length;
        uri = rest[..end];
        lexer.Advance(end);
        if (end < rest.Length && rest[end] is (byte)',' or (byte)'?')
        {
            error = lexer.Error(SipParseReason.MalformedAddress);
            return false;
        }

        return true;
    }
}
