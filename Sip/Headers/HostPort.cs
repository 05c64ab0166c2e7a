using System.Net;

namespace Webphone.Sip.Headers;

/// <summary>host [":" port] as URIs and Vias write it (RFC 3261 §25.1): a name, an IPv4 address, or an IPv6 address in brackets.</summary>
internal static class HostPort
{
    /// <summary>Where the host that starts at the position ends; the position itself if there is none. An IPv6 reference keeps its brackets.</summary>
    public static int HostEnd(ReadOnlySpan<byte> text, int position)
    {
        if (SipCharacters.At(text, position) != '[')
            return SipCharacters.RunEnd(text, position, CharacterClass.Host);
        var length = text[position..].IndexOf((byte)']');
        return length > 0 && IsIPv6(text.Slice(position + 1, length - 1)) ? position + length + 1 : position;
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

        return IPAddress.IsValidUtf8(WithoutThirdColon(text, stackalloc byte[45]));
    }

    /// <summary>RFC 3261's grammar has a third colon before an IPv4 address within an IPv6 one; RFC 5118 §4.10 wants that understood, and nothing wider.</summary>
    private static ReadOnlySpan<byte> WithoutThirdColon(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var at = text.IndexOf(":::"u8);
        if (at < 0 || text.Length > room.Length || text[(at + 3)..].IndexOf((byte)':') >= 0 || text.IndexOf((byte)'.') < 0)
            return text;
        text[..at].CopyTo(room);
        text[(at + 1)..].CopyTo(room[at..]);
        return room[..(text.Length - 1)];
    }

    /// <summary>Takes the decimal digits of a port, 1 to 65535.</summary>
    public static bool TryPort(ReadOnlySpan<byte> text, scoped ref int position, out int port)
    {
        var end = SipCharacters.RunEnd(text, position, CharacterClass.Digit);
        var good = Numbers.TryParse(text[position..end], out var number) && number is > 0 and <= 65535;
        port = good ? (int)number : 0;
        position = end;
        return good;
    }

    /// <summary>The address that a host spells, or null if it is a name.</summary>
    public static IPAddress? Address(ReadOnlySpan<byte> host)
    {
        if (host.Length > 2 && host[0] == '[')
            return IPAddress.TryParse(WithoutThirdColon(host[1..^1], stackalloc byte[45]), out var bracketed) ? bracketed : null;
        if (host.IsEmpty || !SipCharacters.IsDigit(host[^1]))
            return null;
        return IPAddress.TryParse(host, out var address) ? address : null;
    }
}
