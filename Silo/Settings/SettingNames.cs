using System.Collections.Immutable;

namespace Webphone.Silo.Settings;

/// <summary>One setting: <c>--name</c> on the command line, <c>name</c> in webphone.json, <c>WEBPHONE_NAME</c> in the environment.</summary>
/// <param name="Many">May be given several times, as an array in a file, or with commas.</param>
/// <param name="Flag">Takes no value on the command line.</param>
internal sealed record Setting(string Name, string Value, string Description, bool Many = false, bool Flag = false)
{
    public string EnvironmentVariable => "WEBPHONE_" + Name.Replace('-', '_').ToUpperInvariant();
}

/// <summary>The table of all settings: the command line, the files and the environment are read by it.</summary>
internal static class SettingNames
{
    public const string Bind = "bind";
    public const string SipPort = "sip-port";
    public const string SipsPort = "sips-port";
    public const string WebPort = "web-port";
    public const string RtpPorts = "rtp-ports";
    public const string WebRtcPort = "webrtc-port";
    public const string AdvertisedAddress = "advertised-address";
    public const string NodeAddress = "node-address";
    public const string Data = "data";
    public const string Recordings = "recordings";
    public const string Provision = "provision";
    public const string Postgres = "postgres";
    public const string Roles = "roles";
    public const string ClusterId = "cluster-id";
    public const string SiloPort = "silo-port";
    public const string GatewayPort = "gateway-port";
    public const string TrustedNetworks = "trusted-networks";
    public const string TlsCert = "tls-cert";
    public const string TlsKey = "tls-key";
    public const string TraceSip = "trace-sip";
    public const string LogLevel = "log-level";
    public const string RtpTimeout = "rtp-timeout";
    public const string App = "app";
    public const string IceServers = "ice-servers";
    public const string TurnSecret = "turn-secret";
    public const string PushContact = "push-contact";
    public const string PushNetworks = "push-networks";
    public const string BrowserRingTime = "browser-ring-time";
    public const string ReconnectTime = "reconnect-time";
    public const string DrainTime = "drain-time";
    public const string Node = "node";

    public static readonly ImmutableArray<Setting> All =
    [
        new(Bind, "address", "Address to listen on; several may be given, IPv6 too [127.0.0.1]", Many: true),
        new(SipPort, "port", "SIP over UDP and TCP; 0 takes any free port [5060]"),
        new(SipsPort, "port", "SIP over TLS; 0 takes any free port [5061]"),
        new(WebPort, "port", "HTTP: status page, /healthz, /metrics, SIP over WebSocket on /sip; 0 takes any free port [8080]"),
        new(RtpPorts, "first-last", "UDP ports for media [20000-29999]"),
        new(WebRtcPort, "port", "Browsers' media, all on this one port: UDP, and TCP as a fallback; 0 takes any free port [10000]"),
        new(AdvertisedAddress, "address", "The address that phones outside a NAT see this server under"),
        new(NodeAddress, "address", "The address that other nodes of the cluster reach this one under [the first --bind address]"),
        new(Data, "folder", "Folder for the store and the self-signed certificate [data]"),
        new(Recordings, "folder", "Folder for recordings of calls [recordings in the data folder]"),
        new(Provision, "file", "Tenants and users (JSON); without it the demo tenant is served, on loopback only"),
        new(Postgres, "connection", "PostgreSQL connection string; without it the store is SQLite in the data folder"),
        new(Roles, "role", "What this process does of sip, media, grains and web; less than all of them in a cluster only [all]", Many: true),
        new(ClusterId, "name", "The cluster that this node joins; nodes of other names share nothing but the database [webphone]"),
        new(SiloPort, "port", "TCP between the nodes of a cluster, on --node-address; keep it from everybody else [11111]"),
        new(GatewayPort, "port", "TCP for frontends of the cluster that are processes of their own, on --node-address [30000]"),
        new(TrustedNetworks, "cidr", "Networks exempt from limits per address, that may read status and metrics; several may be given", Many: true),
        new(TlsCert, "file", "PEM file with the TLS certificate and its chain; without it a self-signed one is made"),
        new(TlsKey, "file", "PEM file with the private key of --tls-cert"),
        new(TraceSip, "", "Print every SIP message", Flag: true),
        new(LogLevel, "level", "trace, debug, information, warning or error [information]"),
        new(RtpTimeout, "seconds", "End a connected call when no media came for so long; 0 never does [60]"),
        new(App, "folder", "The built browser app [app beside the program, or WebFrontend/ClientApp/dist above it]"),
        new(IceServers, "url", "STUN and TURN servers for browsers, such as turn:turn.example.com:3478; several may be given", Many: true),
        new(TurnSecret, "text", "Secret shared with the TURN servers (coturn: static-auth-secret)"),
        new(PushContact, "address", "Who push services can complain to, such as mailto:admin@example.com [postmaster of the tenant's domain]"),
        new(PushNetworks, "cidr", "Networks that are not public and may have push services all the same, without TLS too; several may be given", Many: true),
        new(BrowserRingTime, "seconds", "How long a browser has to say that it rings, before it counts as out of reach [1]"),
        new(ReconnectTime, "seconds", "How long a call waits for a browser that reloads, sleeps or changes networks [30]"),
        new(DrainTime, "seconds", "When told to stop, let calls go on for so long and send new ones elsewhere [30 beside other nodes, 0 alone]"),
        new(Node, "name", "This process's name in the cluster and the store; keep it over restarts [node1]"),
    ];

    public static Setting? Find(string name) => All.FirstOrDefault(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
