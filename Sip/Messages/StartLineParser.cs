using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Messages;

/// <summary>Request-Line and Status-Line (RFC 3261 §7.1, §7.2): single spaces, no white space elsewhere.</summary>
internal readonly ref struct StartLineParser(ReadOnlySpan<byte> line, int start, SipMessage message)
{
    private readonly ReadOnlySpan<byte> _line = line;

    /// <summary>False if the line is not even the attempt of a request.</summary>
    public bool RequestLine(out SipParseError error)
    {
        error = default;
        var space = _line.IndexOf((byte)' ');
        if (space <= 0 || !SipCharacters.IsToken(_line[..space]) || !(_line.EndsWith(" SIP/2.0"u8) || _line.IndexOf("SIP/"u8) >= 0))
        {
            error = new SipParseError(SipParseReason.NotSip, start);
            return false;
        }

        message.IsRequest = true;
        message.Method = SipMethods.Parse(_line[..space]);
        message.MethodRange = new TextRange((ushort)start, (ushort)space);
        if (space > SipLimits.MethodBytes)
        {
            error = new SipParseError(SipParseReason.MethodTooLong, start);
            return true;
        }

        var afterMethod = _line[(space + 1)..];
        var uriLength = afterMethod.IndexOf((byte)' ');
        if (uriLength <= 0 || afterMethod.IndexOf((byte)'\t') >= 0)
            error = new SipParseError(SipParseReason.MalformedStartLine, start + space + 1);
        else if (CheckVersion(afterMethod[(uriLength + 1)..], start + space + 2 + uriLength, out error))
            CheckUri(afterMethod[..uriLength], start + space + 1, out error);
        return true;
    }

    /// <summary>Always a response; a bad one is dropped by its reason.</summary>
    public bool StatusLine(out SipParseError error)
    {
        error = default;
        var space = _line.IndexOf((byte)' ');
        if (space < 0 || !CheckVersion(_line[..space], start, out _))
        {
            error = new SipParseError(SipParseReason.NotSip, start);
            return false;
        }

        var rest = _line[(space + 1)..];
        if (rest.Length < 3 || !Numbers.TryParse(rest[..3], out var status) || status is < 100 or > 699 || (rest.Length > 3 && rest[3] != ' '))
        {
            error = new SipParseError(SipParseReason.BadStatusCode, start + space + 1);
            return false;
        }

        message.StatusCode = (int)status;
        if (rest.Length > 4)
            message.ReasonRange = new TextRange((ushort)(start + space + 5), (ushort)(rest.Length - 4));
        return true;
    }

    private static bool CheckVersion(ReadOnlySpan<byte> version, int offset, out SipParseError error)
    {
        error = default;
        if (version.SequenceEqual("SIP/2.0"u8) || Ascii.EqualsIgnoreCase(version, "SIP/2.0"u8))
            return true;
        error = new SipParseError(LooksLikeVersion(version) ? SipParseReason.UnsupportedVersion : SipParseReason.MalformedStartLine, offset);
        return false;
    }

    private static bool LooksLikeVersion(ReadOnlySpan<byte> version)
    {
        if (version.Length < 7 || !Ascii.EqualsIgnoreCase(version[..4], "SIP/"u8))
            return false;
        var dot = version[4..].IndexOf((byte)'.');
        return dot > 0 && Numbers.TryParse(version.Slice(4, dot), out _) && Numbers.TryParse(version[(5 + dot)..], out _);
    }

    private void CheckUri(ReadOnlySpan<byte> text, int offset, out SipParseError error)
    {
        message.UriRange = new TextRange((ushort)offset, (ushort)text.Length);
        if (!SipUri.TryParse(text, out var uri, out error))
        {
            var reason = error.Reason == SipParseReason.MalformedUri ? SipParseReason.MalformedRequestUri : error.Reason;
            error = new SipParseError(reason, offset + error.Offset);
        }
        else if (!uri.Headers.IsEmpty)
        {
            error = new SipParseError(SipParseReason.HeadersInRequestUri, offset);
        }
    }
}
