using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.WebPush;

/// <summary>
/// Where a message may be pushed to. A browser names the endpoint, so it could name a machine of our own network that nobody outside should reach: only public
/// addresses are taken, and networks that the installation has named.
/// </summary>
/// <param name="allowed">Networks that are not public and may be pushed to all the same; in them, plain http is taken too.</param>
public sealed class PushNetworks(IReadOnlyList<IPNetwork> allowed)
{
    public const int LongestEndpoint = 1024;

    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20"),
    ];

    /// <summary>Of IPv6, only this was ever given out; translated IPv4 (64:ff9b::/96) is not in it.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether a browser may name it. A host name is looked up when it is connected to, and each address asked of <see cref="Allows"/>.</summary>
    public bool TryRead(string text, out Uri? endpoint)
    {
        endpoint = null;
        if (text.Length > LongestEndpoint || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return false;
        var isAddress = IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address);
        if (isAddress && !Allows(address!))
            return false;
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && isAddress && IsNamed(address!)))
            return false;
        endpoint = uri;
        return true;
    }

    public bool Allows(IPAddress address)
    {
        var plain = Plain(address);
        if (IsNamed(plain))
            return true;
        var isPublic = plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain);
        return isPublic && !Array.Exists(NotPublic, network => network.Contains(plain));
    }

    private bool IsNamed(IPAddress address) => allowed.Any(network => network.Contains(Plain(address)));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
