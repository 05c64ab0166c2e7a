using System.Net;
using System.Text;
using Webphone.Silo.Provisioning;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Hosting;

/// <summary>What a person sees when the server is ready: where to point a browser and a phone.</summary>
internal static class Banner
{
    public static string Write(WebphoneOptions options, string store, int sipPort, int sipsPort, int webPort)
    {
        var host = HostOf(options);
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine($"  Webphone is ready (node {options.NodeName}, {store}).");
        text.AppendLine();
        text.AppendLine($"    Browser   http://{host}:{webPort}/");
        text.AppendLine($"    Phone     {host}:{sipPort} (UDP or TCP), {host}:{sipsPort} (TLS), ws://{host}:{webPort}/sip");
        if (options.ProvisionFile is null)
        {
            var last = DemoTenant.FirstExtension + DemoTenant.Users - 1;
            text.AppendLine();
            text.AppendLine($"    Demo      users {DemoTenant.FirstExtension} to {last} of {DemoTenant.Domain}; the password of {DemoTenant.FirstExtension} is {DemoTenant.SecretPrefix}{DemoTenant.FirstExtension}");
            text.AppendLine($"              Call another user, or *43 to hear yourself. On loopback only: give --{SettingNames.Provision} for more.");
        }

        return text.ToString();
    }

    private static string HostOf(WebphoneOptions options)
    {
        var address = options.AdvertisedAddress ?? options.Bind[0];
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return Environment.MachineName;
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
    }
}
