using System.Net;

namespace Webphone.Sip.Headers;

/// <summary>host [":" port] as URIs and Vias write it (RFC 3261 §25.1): a name, an IPv4 address, or an IPv6 address in brackets.</summary>
internal static class HostPort
{
    /// <summary>Takes a host; an IPv6 reference keeps its brackets.</summary>
    public static bool TryHost(scoped ref Lexer lexer, out ReadOnlySpan<byte> host)
    {
        if (lexer.Peek != '[')
            return lexer.TryRun(CharacterClass.Host, out host);
        var rest = lexer.Rest;
        var close = rest.IndexOf((byte)']');
        if (close < 0 || !IsIPv6(rest[1..close]))
        {
            host = default;
            return false;
        }

        host = rest[..(close + 1)];
        lexer.Advance(close + 1);
        return true;
    }

    public static bool IsIPv6(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)':') < 0 || text.Length > 45)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit((char)c) && c is not ((byte)':' or (byte)'.'))
                return false;
        }

        return IPAddress.IsValidUtf8(text);
    }

    /// <summary>Takes decimal digits of a port, 1 to 65535.</summary>
    public static bool TryPort(scoped ref Lexer lexer, out int port)
    {
        port = 0;
        if (!lexer.TryNumber(out var number) || number is 0 or > 65535)
            return false;
        port = (int)number;
        return true;
    }

    /// <summary>The address that a host spells, or null if it is a name.</summary>
    public static IPAddress? Address(ReadOnlySpan<byte> host)
    {
        if (host.Length > 2 && host[0] == '[')
            host = host[1..^1];
        else if (host.IsEmpty || !SipCharacters.IsDigit(host[^1]))
            return null;
        return IPAddress.TryParse(host, out var address) ? address : null;
    }
}
