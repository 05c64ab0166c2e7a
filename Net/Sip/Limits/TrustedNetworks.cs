using System.Globalization;
using System.Net;

namespace Webphone.Net.Sip.Limits;

/// <summary>Networks that are exempt from the limits per address, such as a load test's or a trunk's.</summary>
public sealed class TrustedNetworks
{
    public static readonly TrustedNetworks None = new([]);

    private readonly (UInt128 Network, UInt128 Mask)[] _networks;

    private TrustedNetworks((UInt128, UInt128)[] networks) => _networks = networks;

    /// <summary>Reads addresses and networks in CIDR notation. False, with the text that is wrong, when one of them is neither.</summary>
    public static bool TryParse(IEnumerable<string> texts, out TrustedNetworks networks, out string wrong)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var parsed = new List<(UInt128, UInt128)>();
        networks = None;
        wrong = "";
        foreach (var text in texts)
        {
            if (!TryParse(text, out var network))
            {
                wrong = text;
                return false;
            }
            parsed.Add(network);
        }
        networks = new([.. parsed]);
        return true;
    }

    public bool Contains(SourceAddress address)
    {
        foreach (var (network, mask) in _networks)
        {
            if ((address.Bits & mask) == network)
                return true;
        }
        return false;
    }

    private static bool TryParse(string text, out (UInt128 Network, UInt128 Mask) network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address))
            return false;
        var source = SourceAddress.From(address);
        var width = source.IsIPv4 ? 32 : 128;
        var prefix = width;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > width))
            return false;
        var mask = width == prefix ? UInt128.MaxValue : ~((UInt128.One << (width - prefix)) - 1);
        if (width == 128 && prefix == 0)
            mask = 0;
        network = (source.Bits & mask, mask);
        return true;
    }
}
