namespace Webphone.Sip.Headers;

/// <summary>Decimal numbers from bytes: digits only, no sign, no white space, leading zeros allowed.</summary>
internal static class Numbers
{
    public static bool TryParse(ReadOnlySpan<byte> digits, out uint value)
    {
        value = 0;
        if (digits.IsEmpty)
            return false;
        ulong sum = 0;
        foreach (var c in digits)
        {
            if (!SipCharacters.IsDigit(c))
                return false;
            sum = (sum * 10) + (uint)(c - '0');
            if (sum > uint.MaxValue)
                return false;
        }

        value = (uint)sum;
        return true;
    }

    /// <summary>As <see cref="TryParse"/>, but what is too large becomes the largest value, as RFC 3261 §20.19 wants of delta-seconds.</summary>
    public static bool TryParseClamped(ReadOnlySpan<byte> digits, out uint value)
    {
        if (TryParse(digits, out value))
            return true;
        if (digits.IsEmpty || digits.ContainsAnyExcept(SipCharacters.Digits))
            return false;
        value = uint.MaxValue;
        return true;
    }
}
