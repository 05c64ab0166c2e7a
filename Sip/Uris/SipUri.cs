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
    private readonly ReadOnlySpan<byte> _text;
    private readonly ushort _schemeLength;
    private readonly TextRange _user;
    private readonly TextRange _password;
    private readonly TextRange _host;
    private readonly ushort _parametersStart;
    private readonly ushort _headersStart;

    private SipUri(
        ReadOnlySpan<byte> text, UriScheme scheme, int schemeLength,
        TextRange user = default, TextRange password = default, TextRange host = default, int port = 0, int parametersStart = -1, int headersStart = -1)
    {
        _text = text;
        Scheme = scheme;
        _schemeLength = (ushort)schemeLength;
        _user = user;
        _password = password;
        _host = host;
        Port = port;
        _headersStart = (ushort)(headersStart < 0 ? text.Length : headersStart);
        _parametersStart = (ushort)(parametersStart < 0 ? _headersStart : parametersStart);
    }

    /// <summary>The whole URI as it stands.</summary>
    public ReadOnlySpan<byte> Text => _text;

    public UriScheme Scheme { get; }

    public ReadOnlySpan<byte> SchemeText => _text[.._schemeLength];

    public bool IsSipOrSips => Scheme is UriScheme.Sip or UriScheme.Sips;

    /// <summary>The user part, still escaped; the number of a tel URI. Empty if there is none.</summary>
    public ReadOnlySpan<byte> User => _user.Of(_text);

    public ReadOnlySpan<byte> Password => _password.Of(_text);

    /// <summary>A name, an IPv4 address, or an IPv6 address in brackets.</summary>
    public ReadOnlySpan<byte> Host => _host.Of(_text);

    /// <summary>The port, or 0 if none is given.</summary>
    public int Port { get; }

    public UriParameters Parameters => new(_text[_parametersStart.._headersStart]);

    /// <summary>What follows the "?", escaped: name=value pairs joined by "&amp;".</summary>
    public UriHeaders Headers => _headersStart < _text.Length ? new UriHeaders(_text[(_headersStart + 1)..]) : default;

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

        var isSip = text.Length > 4 && text[3] == ':' && (text[0] | 0x20) == 's' && (text[1] | 0x20) == 'i' && (text[2] | 0x20) == 'p';
        var colon = isSip ? 3 : text.IndexOf((byte)':');
        if (colon <= 0 || (!isSip && !IsScheme(text[..colon])))
        {
            error = new SipParseError(SipParseReason.MalformedUri, Math.Max(colon, 0));
            return false;
        }

        var scheme = isSip ? UriScheme.Sip : ParseScheme(text[..colon]);
        var parsed = scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => TryParseSip(text, scheme, colon, out uri, out error),
            UriScheme.Tel => TryParseTel(text, colon, out uri, out error),
            _ => TryKeep(text, colon, out uri, out error),
        };
        if (parsed)
            return true;

        // Of several faults an illegal byte is the one to tell: the others follow from it.
        var illegal = UriEscaping.IndexOfIllegal(text[(colon + 1)..]);
        if (illegal >= 0)
            error = new SipParseError(SipParseReason.MalformedUri, colon + 1 + illegal);
        return false;
    }

    private static bool TryKeep(ReadOnlySpan<byte> text, int colon, out SipUri uri, out SipParseError error)
    {
        var good = colon + 1 < text.Length && UriEscaping.IndexOfIllegal(text[(colon + 1)..]) < 0;
        uri = good ? new SipUri(text, UriScheme.Unknown, colon) : default;
        error = good ? default : new SipParseError(SipParseReason.MalformedUri, colon + 1);
        return good;
    }

    private static bool TryParseSip(ReadOnlySpan<byte> text, UriScheme scheme, int colon, out SipUri uri, out SipParseError error)
    {
        uri = default;
        error = default;
        var start = colon + 1;
        TextRange user = default, password = default;
        if (!TryUserInfo(text, start, ref user, ref password, out var hostStart))
        {
            error = new SipParseError(SipParseReason.MalformedUri, start);
            return false;
        }

        var port = 0;
        var hostEnd = HostPort.HostEnd(text, hostStart);
        var position = hostEnd;
        if (hostEnd > hostStart && SipCharacters.At(text, position) == ':')
        {
            position++;
            if (!HostPort.TryPort(text, ref position, out port))
                hostEnd = hostStart;
        }

        if (hostEnd == hostStart)
        {
            error = new SipParseError(SipParseReason.MalformedUri, position);
            return false;
        }

        var headersStart = text.Length;
        if (position < text.Length && !TryParseTail(text, position, out headersStart, out error))
            return false;
        uri = new SipUri(text, scheme, colon, user, password, new TextRange((ushort)hostStart, (ushort)(hostEnd - hostStart)), port, position, headersStart);
        return true;
    }

    /// <summary>Takes user and password with the "@", if there is one in the URI.</summary>
    private static bool TryUserInfo(ReadOnlySpan<byte> text, int start, ref TextRange user, ref TextRange password, out int hostStart)
    {
        hostStart = start;
        var userEnd = UriEscaping.RunEnd(text, start, CharacterClass.UriUser);
        var at = userEnd;
        if (SipCharacters.At(text, at) != '@')
        {
            at = text[start..].IndexOf((byte)'@');
            if (at < 0)
                return true;
            at += start;
        }

        hostStart = at + 1;
        user = new TextRange((ushort)start, (ushort)(userEnd - start));
        if (userEnd == at)
            return userEnd > start;
        password = new TextRange((ushort)(userEnd + 1), (ushort)(at - userEnd - 1));
        return userEnd > start && text[userEnd] == ':' && UriEscaping.IsPassword(password.Of(text));
    }

    /// <summary>Checks the parameters and, from the question mark on, the headers.</summary>
    private static bool TryParseTail(ReadOnlySpan<byte> text, int start, out int headersStart, out SipParseError error)
    {
        var question = text[start..].IndexOf((byte)'?');
        headersStart = question < 0 ? text.Length : start + question;
        if (!UriParameters.Check(text[..headersStart], start, out error))
            return false;
        if (question < 0 || UriHeaders.TryParse(text[(headersStart + 1)..], out _, out error))
            return true;
        error = error.Within(HeaderName.Unknown, headersStart + 1);
        return false;
    }

    /// <summary>tel:+1-212-555-0100;ext=1 or tel:7042;phone-context=example.com (RFC 3966 §3).</summary>
    private static bool TryParseTel(ReadOnlySpan<byte> text, int colon, out SipUri uri, out SipParseError error)
    {
        uri = default;
        var start = colon + 1;
        var rest = text[start..];
        var semicolon = rest.IndexOf((byte)';');
        var number = semicolon < 0 ? rest : rest[..semicolon];
        if (!TelNumber.IsValid(number))
        {
            error = new SipParseError(SipParseReason.MalformedUri, start);
            return false;
        }

        if (!UriParameters.Check(text, start + number.Length, out error))
            return false;

        uri = new SipUri(text, UriScheme.Tel, colon, new TextRange((ushort)start, (ushort)number.Length), parametersStart: start + number.Length);
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
