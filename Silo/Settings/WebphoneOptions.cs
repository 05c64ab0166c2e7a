using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Webphone.Silo.Settings;

/// <summary>Everything that can be set from outside, validated. <see cref="SettingNames"/> has the names and their meaning.</summary>
public sealed record WebphoneOptions
{
    /// <summary>Addresses to listen on, for SIP, RTP and the web alike. Default 127.0.0.1.</summary>
    public ImmutableArray<IPAddress> Bind { get; init; } = [IPAddress.Loopback];

    /// <summary>SIP over UDP and TCP; 0 takes any free port. Default 5060.</summary>
    public int SipPort { get; init; } = 5060;

    /// <summary>SIP over TLS; 0 takes any free port. Default 5061.</summary>
    public int SipsPort { get; init; } = 5061;

    /// <summary>HTTP: status page, health, metrics, SIP over WebSocket; 0 takes any free port. Default 8080.</summary>
    public int WebPort { get; init; } = 8080;

    /// <summary>Where media endpoints take their ports from. Default 20000-29999.</summary>
    public PortRange RtpPorts { get; init; } = new(20000, 29999);

    /// <summary>Browsers' media, all on one port, UDP and TCP; 0 takes any free port. Default 10000.</summary>
    public int WebRtcPort { get; init; } = 10000;

    /// <summary>The address that phones outside see us under, behind a NAT; null says the bound one.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>The address that other nodes of the cluster reach this one under, for media and grains; null says the first bound one.</summary>
    public IPAddress? NodeAddress { get; init; }

    /// <summary>The folder for the SQLite store, the self-signed certificate and later media files. Default "data".</summary>
    public string DataFolder { get; init; } = "data";

    public string? Recordings { get; init; }

    /// <summary>Where this node keeps its recordings.</summary>
    public string RecordingFolder => Recordings ?? Path.Combine(DataFolder, "recordings");

    /// <summary>The provisioning file; null serves the demo tenant.</summary>
    public string? ProvisionFile { get; init; }

    /// <summary>PostgreSQL connection string; null keeps everything in SQLite in the data folder.</summary>
    public string? Postgres { get; init; }

    /// <summary>What this process does. Default all of it.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.All;

    /// <summary>The cluster that this node joins. Default "webphone".</summary>
    public string ClusterId { get; init; } = "webphone";

    /// <summary>TCP between nodes. Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>TCP for frontends that are processes of their own. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Networks that are exempt from the limits per address and may read status and metrics.</summary>
    public ImmutableArray<IPNetwork> TrustedNetworks { get; init; } = [];

    /// <summary>PEM file of the TLS certificate with its chain; null makes a self-signed one in the data folder.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of the TLS certificate's private key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Prints every SIP message.</summary>
    public bool TraceSip { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>A connected leg without any media for this long is lost. Zero never gives up. Default 60 s.</summary>
    public TimeSpan RtpTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The built browser app; null looks for it beside the program and in the source tree.</summary>
    public string? AppFolder { get; init; }

    /// <summary>STUN and TURN servers for browsers. Default none.</summary>
    public ImmutableArray<string> IceServers { get; init; } = [];

    /// <summary>The secret shared with the TURN servers; null gives no credentials.</summary>
    public string? TurnSecret { get; init; }

    /// <summary>Who push services can complain to, a mailto: or https: address; null says the postmaster of the tenant's domain.</summary>
    public string? PushContact { get; init; }

    /// <summary>Networks that are not public and may have push services all the same. Default none.</summary>
    public ImmutableArray<IPNetwork> PushNetworks { get; init; } = [];

    /// <summary>How long a browser has to say that it rings. Default 1 s.</summary>
    public TimeSpan BrowserRingTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call waits for a browser that is out of reach. Default 30 s.</summary>
    public TimeSpan ReconnectTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long calls may go on when the node is told to stop, while it takes no new ones; null gives them <see cref="DrainTimeInCluster"/> where other nodes live
    /// that take the new ones, else none.
    /// </summary>
    public TimeSpan? DrainTime { get; init; }

    public static readonly TimeSpan DrainTimeInCluster = TimeSpan.FromSeconds(30);

    /// <summary>This process's name in the cluster and in stored state. It must stay the same over restarts. Default "node1".</summary>
    public string NodeName { get; init; } = "node1";

    /// <summary>Whether <paramref name="address"/> is in a trusted network (an IPv4 address mapped into IPv6 counts as itself).</summary>
    public bool Trusts(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in TrustedNetworks)
        {
            if (network.Contains(plain)) return true;
        }

        return false;
    }
}
