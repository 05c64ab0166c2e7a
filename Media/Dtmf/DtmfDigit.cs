namespace Webphone.Media.Dtmf;

/// <summary>Digits by their character, their event code (RFC 4733 section 3.2) and their pair of frequencies (ITU-T Q.23).</summary>
public static class DtmfDigit
{
    private const string Characters = "0123456789*#ABCD";

    /// <summary>The character of an event code; false for codes that are no digit.</summary>
    public static bool TryFromEvent(byte code, out char digit)
    {
        digit = code < Characters.Length ? Characters[code] : '\0';
        return code < Characters.Length;
    }

    /// <summary>The event code of a digit, in either case.</summary>
    public static bool TryToEvent(char digit, out byte code)
    {
        var index = Characters.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        code = (byte)Math.Max(0, index);
        return index >= 0;
    }

    /// <summary>The low and the high frequency of a digit's code, in hertz.</summary>
    public static (int Low, int High) Frequencies(byte code)
    {
        var (row, column) = code switch
        {
            0 => (3, 1),
            10 => (3, 0),
            11 => (3, 2),
            >= 12 and <= 15 => (code - 12, 3),
            >= 1 and <= 9 => ((code - 1) / 3, (code - 1) % 3),
            _ => throw new ArgumentOutOfRangeException(nameof(code)),
        };
        ReadOnlySpan<int> low = [697, 770, 852, 941];
        ReadOnlySpan<int> high = [1209, 1336, 1477, 1633];
        return (low[row], high[column]);
    }
}
