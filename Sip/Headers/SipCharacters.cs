using System.Buffers;

namespace Webphone.Sip.Headers;

/// <summary>The character classes of RFC 3261 §25.1, as vectorised searches.</summary>
internal static class SipCharacters
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    internal static readonly SearchValues<byte> Token = Of(Alphanumeric + "-.!%*_+`'~");

    /// <summary>callid = word ["@" word].</summary>
    internal static readonly SearchValues<byte> Word = Of(Alphanumeric + "-.!%*_+`'~()<>:\\\"/[]?{}");

    /// <summary>What an unquoted parameter value may hold: a token or a host, with and without the brackets of IPv6 (RFC 5118 §4.5),
    /// and the few more that phones put into tags.</summary>
    internal static readonly SearchValues<byte> ParameterValue = Of(Alphanumeric + "-.!%*_+`'~[]:/@$&?=#|^{}()\\");

    internal static readonly SearchValues<byte> Host = Of(Alphanumeric + "-._");

    /// <summary>What ends an address that stands without angle brackets.</summary>
    internal static readonly SearchValues<byte> AddrSpecEnd = Of("; \t\r\n,?");

    internal static readonly SearchValues<byte> Digits = Of("0123456789");

    /// <summary>All control characters but the tab; the line end is among them.</summary>
    internal static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    internal static bool IsLws(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    internal static bool IsDigit(byte c) => (uint)(c - '0') <= 9;

    internal static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

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

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));
}
