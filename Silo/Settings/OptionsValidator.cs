using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Webphone.Silo.Settings;

/// <summary>Refuses settings that do not go together, or that name something which is not there.</summary>
internal static class OptionsValidator
{
    /// <summary>A call uses two port pairs; fewer than this cannot even take one call with a transfer.</summary>
    private const int FewestRtpPorts = 8;

    public static void Validate(WebphoneOptions options, SettingValues values)
    {
        CheckPorts(options, values);
        CheckAddresses(options, values);
        CheckFiles(options, values);
        CheckDemo(options, values);
        CheckPostgres(options, values);
        CheckRoles(options, values);
    }

    private static void CheckPorts(WebphoneOptions options, SettingValues values)
    {
        if (options.RtpPorts.Count < FewestRtpPorts)
            throw Refuse($"{values.Describe(SettingNames.RtpPorts)} must hold at least {FewestRtpPorts} ports, the lower one first; it is \"{options.RtpPorts}\".");
        (string Name, int Port)[] tcp = [(SettingNames.SipPort, options.SipPort), (SettingNames.SipsPort, options.SipsPort), (SettingNames.WebPort, options.WebPort), (SettingNames.WebRtcPort, options.WebRtcPort)];
        var shared = tcp.Where(entry => entry.Port != 0).GroupBy(entry => entry.Port).FirstOrDefault(group => group.Count() > 1);
        if (shared is not null)
        {
            var names = string.Join(" and ", shared.Select(entry => values.Describe(entry.Name)));
            throw Refuse($"{names} must differ: both are {shared.Key}.");
        }

        (string Name, int Port)[] udp = [(SettingNames.SipPort, options.SipPort), (SettingNames.WebRtcPort, options.WebRtcPort)];
        if (udp.FirstOrDefault(entry => entry.Port >= options.RtpPorts.First && entry.Port <= options.RtpPorts.Last) is { Port: > 0 } inside)
            throw Refuse($"{values.Describe(inside.Name)} must lie outside --{SettingNames.RtpPorts} {options.RtpPorts}; it is {inside.Port}.");
    }

    private static void CheckAddresses(WebphoneOptions options, SettingValues values)
    {
        if (options.Bind.Distinct().Count() != options.Bind.Length) throw Refuse($"{values.Describe(SettingNames.Bind)} names the same address twice.");
        if (options.Bind.FirstOrDefault(address => address.IsIPv6Multicast || IsIPv4Multicast(address)) is { } multicast)
            throw Refuse($"{values.Describe(SettingNames.Bind)} must be an address of this machine; {multicast} is a multicast address.");
        if (options.NodeAddress is { } node && IsUnspecified(node))
            throw Refuse($"{values.Describe(SettingNames.NodeAddress)} must be an address that other nodes can send to; {node} is none.");
        if (options.AdvertisedAddress is { } advertised && IsUnspecified(advertised))
            throw Refuse($"{values.Describe(SettingNames.AdvertisedAddress)} must be an address that phones can send to; {advertised} is none.");
    }

    private static void CheckFiles(WebphoneOptions options, SettingValues values)
    {
        (string Name, string? Path)[] files =
            [(SettingNames.Provision, options.ProvisionFile), (SettingNames.TlsCert, options.TlsCertificate), (SettingNames.TlsKey, options.TlsKey)];
        foreach (var (name, path) in files)
        {
            if (path is not null && !File.Exists(path)) throw Refuse($"{values.Describe(name)} must be a file that exists; there is no \"{path}\".");
        }

        if (options.TlsCertificate is null != options.TlsKey is null)
            throw Refuse($"--{SettingNames.TlsCert} and --{SettingNames.TlsKey} must be given together.");
    }

    private static void CheckDemo(WebphoneOptions options, SettingValues values)
    {
        if (options.ProvisionFile is not null) return;
        if (options.Bind.FirstOrDefault(address => !IPAddress.IsLoopback(address)) is { } open)
        {
            throw Refuse($"{values.Describe(SettingNames.Bind)} must be a loopback address while the demo tenant is served, because its secrets are public; "
                + $"it is {open}. Give a provisioning file with --{SettingNames.Provision} to listen there.");
        }
    }

    private static void CheckPostgres(WebphoneOptions options, SettingValues values)
    {
        if (options.Postgres is null) return;
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(options.Postgres).Host))
                throw Refuse($"{values.Describe(SettingNames.Postgres)} must name a host, such as Host=db;Database=webphone;Username=webphone.");
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // The string may hold a password, so it is not repeated.
            throw Refuse($"{values.Describe(SettingNames.Postgres)} must be a PostgreSQL connection string such as Host=db;Database=webphone;Username=webphone: {error.Message}");
        }
    }

    private static void CheckRoles(WebphoneOptions options, SettingValues values)
    {
        // A leg's media is anchored by the process that holds its signalling.
        if (options.Roles.HasFlag(NodeRoles.Sip) != options.Roles.HasFlag(NodeRoles.Media))
            throw Refuse($"{values.Describe(SettingNames.Roles)} must name sip and media together or neither.");
    }

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsIPv4Multicast(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && (address.GetAddressBytes()[0] & 0xF0) == 0xE0;

    private static StartRefusedException Refuse(string message) => new(message, StartExitCode.BadSettings);
}
