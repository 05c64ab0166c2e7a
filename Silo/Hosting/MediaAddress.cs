using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Webphone.Silo.SipEdge.Media;

namespace Webphone.Silo.Hosting;

/// <summary>Where media listens, and what session descriptions say of that.</summary>
internal static class MediaAddress
{
    /// <summary>One place for each address family of <paramref name="bind"/>, that of its first address first.</summary>
    /// <param name="bind">The addresses that the node serves; several of one family share the wildcard.</param>
    /// <param name="advertised">What phones of its family are told instead, or null.</param>
    public static MediaPlace[] PlacesOf(IReadOnlyList<IPAddress> bind, IPAddress? advertised) =>
        [.. bind.GroupBy(address => address.AddressFamily).Select(family => PlaceOf(family.Key, [.. family], advertised))];

    /// <summary>Where links to other nodes listen and what those are told: another address than phones outside a NAT are.</summary>
    public static MediaPlace LinkPlaceOf(IReadOnlyList<IPAddress> bind, IPAddress? nodeAddress)
    {
        var family = (nodeAddress ?? bind[0]).AddressFamily;
        var own = bind.Where(address => address.AddressFamily == family).ToArray();
        return PlaceOf(family, own.Length > 0 ? own : [nodeAddress!], nodeAddress);
    }

    private static MediaPlace PlaceOf(AddressFamily family, IPAddress[] bind, IPAddress? advertised)
    {
        var all = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        var place = bind.Length > 1 ? all : bind[0];
        if (advertised?.AddressFamily == family) return new MediaPlace(place, advertised);
        return new MediaPlace(place, bind[0].Equals(all) ? FirstReachable(family) : bind[0]);
    }

    /// <summary>The first address of this machine that others can reach.</summary>
    private static IPAddress FirstReachable(AddressFamily family) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .OrderByDescending(network => network.GetIPProperties().GatewayAddresses.Count)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == family && !address.IsIPv6LinkLocal)
        ?? (family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
}
