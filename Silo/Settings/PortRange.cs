using System.Globalization;

namespace Webphone.Silo.Settings;

/// <summary>UDP ports from <paramref name="First"/> to <paramref name="Last"/>, both inside.</summary>
public readonly record struct PortRange(int First, int Last)
{
    public int Count => Last - First + 1;

    public static bool TryParse(string text, out PortRange range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0
            || !TryParsePort(text.AsSpan(0, dash), out var first)
            || !TryParsePort(text.AsSpan(dash + 1), out var last))
            return false;
        range = new PortRange(first, last);
        return true;
    }

    public override string ToString() => $"{First}-{Last}";

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
