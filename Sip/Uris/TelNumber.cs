namespace Webphone.Sip.Uris;

/// <summary>Telephone numbers of RFC 3966: digits with visual separators, "+" in front if global; local ones may hold hex digits, * and #.</summary>
internal static class TelNumber
{
    public static bool IsValid(ReadOnlySpan<byte> number)
    {
        var isGlobal = !number.IsEmpty && number[0] == '+';
        var digits = 0;
        foreach (var c in isGlobal ? number[1..] : number)
        {
            if (IsSeparator(c))
                continue;
            if (!char.IsAsciiDigit((char)c) && (isGlobal || (!char.IsAsciiHexDigit((char)c) && c is not ((byte)'*' or (byte)'#'))))
                return false;
            digits++;
        }

        return digits > 0;
    }

    /// <summary>Same number but for separators and case (RFC 3966 §4).</summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int i = 0, j = 0;
        while (true)
        {
            while (i < left.Length && IsSeparator(left[i]))
                i++;
            while (j < right.Length && IsSeparator(right[j]))
                j++;
            if (i == left.Length || j == right.Length)
                return i == left.Length && j == right.Length;
            if (UriEscaping.ToLower(left[i++]) != UriEscaping.ToLower(right[j++]))
                return false;
        }
    }

    private static bool IsSeparator(byte c) => c is (byte)'-' or (byte)'.' or (byte)'(' or (byte)')';
}
