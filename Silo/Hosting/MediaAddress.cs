using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Webphone.Silo.Hosting;

/// <summary>What session descriptions say when media listens on every address: the first address of this machine that others can reach.</summary>
internal static class MediaAddress
{
    /// <summary>Null when <paramref name="bind"/> is an address already.</summary>
    public static IPAddress? For(IPAddress bind)
    {
        if (!bind.Equals(IPAddress.Any) && !bind.Equals(IPAddress.IPv6Any)) return null;
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .OrderByDescending(network => network.GetIPProperties().GatewayAddresses.Count)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
    }
}
