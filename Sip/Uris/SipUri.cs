using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Uris;

/// <summary>
/// A view of a URI's bytes: sip and sips (<a href="https://www.rfc-editor.org/rfc/rfc3261#section-19.1">RFC 3261 §19.1</a>),
/// tel (<a href="https://www.rfc-editor.org/rfc/rfc3966">RFC 3966</a>), or any other absolute URI, of which only the scheme is known.
/// Parsing allocates nothing; keep the bytes (or <see cref="ToString"/>) and parse again where a URI is needed for longer.
/// </summary>
public readonly ref struct SipUri
{
    private SipUri(ReadOnlySpan<byte> text, UriScheme scheme, int schemeLength)
    {
        Text = text;
        Scheme = scheme;
        SchemeText = text[..schemeLength];
    }

    private SipUri(
        SipUri blank, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, ReadOnlySpan<byte> host, int port, UriParameters parameters, UriHeaders headers)
    {
        Text = blank.Text;
        Scheme = blank.Scheme;
        SchemeText = blank.SchemeText;
        User = user;
        Password = password;
        Host = host;
        Port = port;
        Parameters = parameters;
        Headers = headers;
    }

    /// <summary>The whole URI as it stands.</summary>
    public ReadOnlySpan<byte> Text { get; }

    public UriScheme Scheme { get; }

    public ReadOnlySpan<byte> SchemeText { get; }

    public bool IsSipOrSips => Scheme is UriScheme.Sip or UriScheme.Sips;

    /// <summary>The user part, still escaped; the number of a tel URI. Empty if there is none.</summary>
    public ReadOnlySpan<byte> User { get; }

    public ReadOnlySpan<byte> Password { get; }

    /// <summary>A name, an IPv4 address, or an IPv6 address in brackets.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>The port, or 0 if none is given.</summary>
    public int Port { get; }

    public UriParameters Parameters { get; }

    /// <summary>What follows the "?", escaped: name=value pairs joined by "&amp;".</summary>
    public UriHeaders Headers { get; }

    /// <summary>The user part with its escapes resolved.</summary>
    public string UserText => UriEscaping.Decode(User);

    public string HostText => Encoding.ASCII.GetString(Host);

    /// <summary>The transport parameter, or Unknown if it is not there or strange.</summary>
    public SipTransport Transport => Parameters.TryGet("transport"u8, out var transport) ? SipTransports.Parse(transport) : SipTransport.Unknown;

    /// <summary>The lr parameter: the element routes loosely (RFC 3261 §16.4).</summary>
    public bool IsLooseRouter => Parameters.Has("lr"u8);

    public override string ToString() => Encoding.UTF8.GetString(Text);

    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri, out SipParseError error)
    {
        uri = default;
        error = default;
        if (text.Length > SipLimits.UriBytes)
        {
            error = new SipParseError(SipParseReason.UriTooLong, SipLimits.UriBytes);
            return false;
        }

        var colon = text.IndexOf((byte)':');
        if (colon <= 0 || !IsScheme(text[..colon]))
        {
            error = new SipParseError(SipParseReason.MalformedUri, Math.Max(colon, 0));
            return false;
        }

        var blank = new SipUri(text, ParseScheme(text[..colon]), colon);
        var parsed = blank.Scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => TryParseSip(blank, text, colon + 1, out uri, out error),
            UriScheme.Tel => TryParseTel(blank, text, colon + 1, out uri, out error),
            _ => TryKeep(blank, text, colon + 1, out uri, out error),
        };
        if (parsed && text.IndexOf((byte)'%') < 0)
            return true;
        var illegal = UriEscaping.IndexOfIllegal(text[(colon + 1)..]);
        if (illegal < 0)
            return parsed;
        uri = default;
        error = new SipParseError(SipParseReason.MalformedUri, colon + 1 + illegal);
        return false;
    }

    private static bool TryKeep(SipUri blank, ReadOnlySpan<byte> text, int start, out SipUri uri, out SipParseError error)
    {
        var good = start < text.Length && UriEscaping.IndexOfIllegal(text[start..]) < 0;
        uri = good ? blank : default;
        error = good ? default : new SipParseError(SipParseReason.MalformedUri, start);
        return good;
    }

    private static bool TryParseSip(SipUri blank, ReadOnlySpan<byte> text, int start, out SipUri uri, out SipParseError error)
    {
        uri = default;
        error = default;
        var rest = text[start..];
        ReadOnlySpan<byte> user = default, password = default;
        var at = rest.IndexOf((byte)'@');
        if (at >= 0)
        {
            var userLength = SipCharacters.RunLength(rest[..at], CharacterClass.UriUser);
            user = rest[..userLength];
            password = userLength < at ? rest[(userLength + 1)..at] : default;
            if (userLength == 0 || rest[userLength] is not ((byte)'@' or (byte)':') || !UriEscaping.IsPassword(password))
            {
                error = new SipParseError(SipParseReason.MalformedUri, start);
                return false;
            }
        }

        var hostStart = start + at + 1;
        var lexer = new Lexer(text[hostStart..]);
        var port = 0;
        if (!HostPort.TryHost(ref lexer, out var host) || (TakeColon(ref lexer) && !HostPort.TryPort(ref lexer, out port)))
        {
            error = new SipParseError(SipParseReason.MalformedUri, hostStart + lexer.Position);
            return false;
        }

        if (lexer.AtEnd)
        {
            uri = new SipUri(blank, user, password, host, port, default, default);
            return true;
        }

        var tail = lexer.Rest;
        var tailStart = hostStart + lexer.Position;
        var question = tail.IndexOf((byte)'?');
        var parameterText = question < 0 ? tail : tail[..question];
        if (!UriParameters.TryParse(parameterText, out var parameters, out error))
        {
            error = error.Within(HeaderName.Unknown, tailStart);
            return false;
        }

        UriHeaders headers = default;
        if (question >= 0 && !UriHeaders.TryParse(tail[(question + 1)..], out headers, out error))
        {
            error = error.Within(HeaderName.Unknown, tailStart + question + 1);
            return false;
        }

        uri = new SipUri(blank, user, password, host, port, parameters, headers);
        return true;
    }

    /// <summary>tel:+1-212-555-0100;ext=1 or tel:7042;phone-context=example.com (RFC 3966 §3).</summary>
    private static bool TryParseTel(SipUri blank, ReadOnlySpan<byte> text, int start, out SipUri uri, out SipParseError error)
    {
        uri = default;
        var rest = text[start..];
        var semicolon = rest.IndexOf((byte)';');
        var number = semicolon < 0 ? rest : rest[..semicolon];
        if (!TelNumber.IsValid(number))
        {
            error = new SipParseError(SipParseReason.MalformedUri, start);
            return false;
        }

        if (!UriParameters.TryParse(rest[number.Length..], out var parameters, out error))
        {
            error = error.Within(HeaderName.Unknown, start + number.Length);
            return false;
        }

        uri = new SipUri(blank, number, default, default, 0, parameters, default);
        return true;
    }

    private static bool TakeColon(scoped ref Lexer lexer)
    {
        if (lexer.Peek != ':')
            return false;
        lexer.Advance(1);
        return true;
    }

    private static bool IsScheme(ReadOnlySpan<byte> scheme)
    {
        if (!char.IsAsciiLetter((char)scheme[0]))
            return false;
        foreach (var c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'+' or (byte)'-' or (byte)'.'))
                return false;
        }

        return true;
    }

    private static UriScheme ParseScheme(ReadOnlySpan<byte> scheme) => scheme.Length switch
    {
        3 when Ascii.EqualsIgnoreCase(scheme, "sip"u8) => UriScheme.Sip,
        4 when Ascii.EqualsIgnoreCase(scheme, "sips"u8) => UriScheme.Sips,
        3 when Ascii.EqualsIgnoreCase(scheme, "tel"u8) => UriScheme.Tel,
        _ => UriScheme.Unknown,
    };
}
