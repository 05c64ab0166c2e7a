using System.Buffers;
using System.Text;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Uris;

/// <summary>Percent escapes and the character classes of URIs (RFC 3261 §19.1.2, RFC 3986 §2).</summary>
public static class UriEscaping
{
    internal const string Unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()";

    private static readonly SearchValues<byte> PlainUserSet = Of(Unreserved + "&=+$,;?/");
    private static readonly SearchValues<byte> PasswordSet = Of(Unreserved + "&=+$,%");
    private static readonly SearchValues<byte> HeaderSet = Of(Unreserved + "[]/?:+$%");
    private static readonly SearchValues<byte> PlainHeaderSet = Of(Unreserved + "[]/?:+$");
    private static readonly SearchValues<byte> AnySet = Of(Unreserved + "%;/?:@&=+$,[]#|^`{}");

    /// <summary>The text with its escapes resolved. An escaped NUL or control character stays escaped: nothing behind the parser expects one.</summary>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)'%') < 0)
            return Encoding.UTF8.GetString(text);
        var buffer = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (TryEscape(text[i..], out var c) && c is >= 0x20 and not 0x7F)
            {
                buffer[length++] = c;
                i += 2;
            }
            else
            {
                buffer[length++] = text[i];
            }
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Escapes what may not stand as it is in a user part.</summary>
    public static string EncodeUser(string user) => Encode(user, PlainUserSet);

    /// <summary>Escapes what may not stand as it is in the value of a URI header, as Refer-To's Replaces needs it (RFC 3891 §3).</summary>
    public static string EncodeHeader(string value) => Encode(value, PlainHeaderSet);

    internal static byte ToLower(byte c) => (uint)(c - 'A') <= 'Z' - 'A' ? (byte)(c | 0x20) : c;

    internal static bool TryEscape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || text[0] != '%' || !char.IsAsciiHexDigit((char)text[1]) || !char.IsAsciiHexDigit((char)text[2]))
            return false;
        value = (byte)((Hex(text[1]) << 4) | Hex(text[2]));
        return true;
    }

    /// <summary>The offset of the first byte that no URI may hold, or of a "%" without two hex digits; -1 if all is well.</summary>
    internal static int IndexOfIllegal(ReadOnlySpan<byte> text)
    {
        var illegal = text.IndexOfAnyExcept(AnySet);
        var checkedUntil = illegal < 0 ? text.Length : illegal;
        for (var i = text[..checkedUntil].IndexOf((byte)'%'); i >= 0;)
        {
            if (!TryEscape(text[i..], out _))
                return i;
            var next = text[(i + 3)..].IndexOf((byte)'%');
            i = next < 0 ? -1 : i + 3 + next;
        }

        return illegal;
    }

    /// <summary>Where the run of the class and of whole escapes that starts at the position ends.</summary>
    internal static int RunEnd(ReadOnlySpan<byte> text, int position, CharacterClass wanted)
    {
        while (true)
        {
            position = SipCharacters.RunEnd(text, position, wanted);
            if (SipCharacters.At(text, position) != '%' || !TryEscape(text[position..], out _))
                return position;
            position += 3;
        }
    }

    internal static bool IsPassword(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(PasswordSet) && IndexOfIllegal(text) < 0;

    internal static bool IsHeader(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(HeaderSet) && IndexOfIllegal(text) < 0;

    /// <summary>Equal after resolving escapes of characters that may also stand unescaped (RFC 3261 §19.1.4).</summary>
    internal static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool ignoreCase)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            var (a, aReserved) = Next(left, ref i);
            var (b, bReserved) = Next(right, ref j);
            if (ignoreCase)
                (a, b) = (ToLower(a), ToLower(b));
            if (a != b || aReserved != bReserved)
                return false;
        }

        return i == left.Length && j == right.Length;
    }

    /// <summary>The next character; an escaped reserved character is not the same as the character itself.</summary>
    private static (byte Value, bool EscapedReserved) Next(ReadOnlySpan<byte> text, scoped ref int position)
    {
        if (!TryEscape(text[position..], out var escaped))
            return (text[position++], false);
        position += 3;
        return (escaped, ";/?:@&=+$,"u8.Contains(escaped));
    }

    private static string Encode(string text, SearchValues<byte> plain)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!bytes.AsSpan().ContainsAnyExcept(plain))
            return text;
        var builder = new StringBuilder(bytes.Length + 16);
        foreach (var c in bytes)
        {
            if (plain.Contains(c))
                builder.Append((char)c);
            else
                builder.Append('%').Append(c.ToString("X2", null));
        }

        return builder.ToString();
    }

    private static int Hex(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(Encoding.ASCII.GetBytes(characters));
}
