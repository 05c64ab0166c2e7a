namespace Webphone.Sip.Headers;

/// <summary>qvalue of RFC 3261 §25.1: 0 to 1 with at most three decimals; more digits are cut off.</summary>
internal static class QValue
{
    public static bool TryParse(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        if (text.IsEmpty || text[0] is not ((byte)'0' or (byte)'1'))
            return false;
        thousandths = (text[0] - '0') * 1000;
        if (text.Length == 1)
            return true;
        if (text[1] != '.' || text[2..].ContainsAnyExcept(SipCharacters.Digits))
            return false;
        var weight = 100;
        foreach (var digit in text[2..])
        {
            thousandths += (digit - '0') * weight;
            weight /= 10;
        }

        return thousandths <= 1000;
    }
}
