using System.Buffers;
using System.Runtime.CompilerServices;

namespace Webphone.Sip.Headers;

/// <summary>
/// The character classes of RFC 3261 §25.1: vectorised searches for what is long, and one table for the runs of a few bytes that make up most of a message.
/// </summary>
internal static class SipCharacters
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private const string TokenText = Alphanumeric + "-.!%*_+`'~";

    internal static readonly SearchValues<byte> Token = Of(TokenText);

    /// <summary>What ends an address that stands without angle brackets.</summary>
    internal static readonly SearchValues<byte> AddrSpecEnd = Of("; \t\r\n,?");

    internal static readonly SearchValues<byte> Digits = Of("0123456789");

    /// <summary>All control characters but the tab; the line end is among them.</summary>
    internal static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private static readonly CharacterClass[] Classes = BuildClasses();

    /// <summary>How many bytes at the start of the text are of the class.</summary>
    internal static int RunLength(ReadOnlySpan<byte> text, CharacterClass wanted) => RunEnd(text, 0, wanted);

    /// <summary>Where the run of the class that starts at the position ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int RunEnd(ReadOnlySpan<byte> text, int position, CharacterClass wanted)
    {
        var classes = Classes;
        while ((uint)position < (uint)text.Length && (classes[text[position]] & wanted) != 0)
            position++;
        return position;
    }

    /// <summary>Where the white space that starts at the position ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LwsEnd(ReadOnlySpan<byte> text, int position)
    {
        while ((uint)position < (uint)text.Length && IsLws(text[position]))
            position++;
        return position;
    }

    /// <summary>The byte at the position, or 0 beyond the text; a NUL in the text is no expected byte anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte At(ReadOnlySpan<byte> text, int position) => (uint)position < (uint)text.Length ? text[position] : (byte)0;

    /// <summary>Where the text goes on after the quoted string that starts at the position; -1 if the quote is not closed.</summary>
    internal static int QuotedEnd(ReadOnlySpan<byte> text, int position)
    {
        for (var i = position + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
        }

        return -1;
    }

    internal static bool IsLws(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    internal static bool IsDigit(byte c) => (uint)(c - '0') <= 9;

    internal static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && RunLength(text, CharacterClass.Token) == text.Length;

    internal static ReadOnlySpan<byte> TrimLws(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && IsLws(text[start]))
            start++;
        var end = text.Length;
        while (end > start && IsLws(text[end - 1]))
            end--;
        return text[start..end];
    }

    /// <summary>callid = word ["@" word]. A parameter's value is a token or a host, with and without the brackets of IPv6 (RFC 5118 §4.5),
    /// and the few more characters that phones put into tags.</summary>
    private static CharacterClass[] BuildClasses()
    {
        var classes = new CharacterClass[256];
        Add(classes, CharacterClass.Token, TokenText);
        Add(classes, CharacterClass.Word, TokenText + "()<>:\\\"/[]?{}");
        Add(classes, CharacterClass.ParameterValue, TokenText + "[]:/@$&?=#|^{}()\\");
        Add(classes, CharacterClass.Host, Alphanumeric + "-._");
        Add(classes, CharacterClass.Digit, "0123456789");
        Add(classes, CharacterClass.UriUser, Uris.UriEscaping.Unreserved + "&=+$,;?/#");
        Add(classes, CharacterClass.UriParameter, Uris.UriEscaping.Unreserved + "[]/:&+$");
        return classes;
    }

    private static void Add(CharacterClass[] classes, CharacterClass added, string characters)
    {
        foreach (var c in characters)
            classes[c] |= added;
    }

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));
}
