using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Webphone.Silo.Settings;

/// <summary>Turns the texts of settings into <see cref="WebphoneOptions"/>; refuses what does not fit by the setting's name and what it should be.</summary>
internal static class OptionsReader
{
    private static readonly ImmutableArray<(string Name, LogLevel Level)> LogLevels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error),
    ];

    private static readonly ImmutableArray<string> IceSchemes = ["stun:", "stuns:", "turn:", "turns:"];

    public static WebphoneOptions Read(SettingValues values)
    {
        var reader = new Reader(values);
        var defaults = new WebphoneOptions();
        return new WebphoneOptions
        {
            Bind = reader.Many(SettingNames.Bind, defaults.Bind, IPAddressOf, "an IP address such as 127.0.0.1, 0.0.0.0 or ::1"),
            SipPort = reader.One(SettingNames.SipPort, defaults.SipPort, PortOf, PortRule),
            SipsPort = reader.One(SettingNames.SipsPort, defaults.SipsPort, PortOf, PortRule),
            WebPort = reader.One(SettingNames.WebPort, defaults.WebPort, PortOf, PortRule),
            RtpPorts = reader.One(SettingNames.RtpPorts, defaults.RtpPorts, PortsOf, "a range of ports such as 20000-29999"),
            WebRtcPort = reader.One(SettingNames.WebRtcPort, defaults.WebRtcPort, PortOf, PortRule),
            AdvertisedAddress = reader.One(SettingNames.AdvertisedAddress, defaults.AdvertisedAddress, IPAddressOf, "an IP address"),
            NodeAddress = reader.One(SettingNames.NodeAddress, defaults.NodeAddress, IPAddressOf, "an IP address"),
            Recordings = reader.One(SettingNames.Recordings, defaults.Recordings, TextOf, "a folder"),
            DataFolder = reader.One(SettingNames.Data, defaults.DataFolder, TextOf, "a folder"),
            ProvisionFile = reader.One(SettingNames.Provision, defaults.ProvisionFile, TextOf, "a file"),
            Postgres = reader.One(SettingNames.Postgres, defaults.Postgres, TextOf, "a connection string"),
            Roles = reader.Many(SettingNames.Roles, [defaults.Roles], RoleOf, "sip, media, grains or web").Aggregate((known, next) => known | next),
            ClusterId = reader.One(SettingNames.ClusterId, defaults.ClusterId, NodeNameOf, "1 to 40 letters, digits or dashes"),
            SiloPort = reader.One(SettingNames.SiloPort, defaults.SiloPort, FixedPortOf, "a port from 1 to 65535"),
            GatewayPort = reader.One(SettingNames.GatewayPort, defaults.GatewayPort, FixedPortOf, "a port from 1 to 65535"),
            TrustedNetworks = reader.Many(SettingNames.TrustedNetworks, defaults.TrustedNetworks, NetworkOf, "a network such as 10.0.0.0/8 or 192.0.2.7"),
            TlsCertificate = reader.One(SettingNames.TlsCert, defaults.TlsCertificate, TextOf, "a file"),
            TlsKey = reader.One(SettingNames.TlsKey, defaults.TlsKey, TextOf, "a file"),
            TraceSip = reader.One(SettingNames.TraceSip, defaults.TraceSip, FlagOf, "true or false"),
            LogLevel = reader.One(SettingNames.LogLevel, defaults.LogLevel, LogLevelOf, "trace, debug, information, warning or error"),
            RtpTimeout = reader.One(SettingNames.RtpTimeout, defaults.RtpTimeout, SecondsOf, "a number of seconds from 1 to 3600, or 0"),
            AppFolder = reader.One(SettingNames.App, defaults.AppFolder, TextOf, "a folder"),
            IceServers = reader.Many(SettingNames.IceServers, defaults.IceServers, IceServerOf, "a server such as stun:stun.example.com or turn:turn.example.com:3478?transport=tcp"),
            TurnSecret = reader.One(SettingNames.TurnSecret, defaults.TurnSecret, TextOf, "a text"),
            PushContact = reader.One(SettingNames.PushContact, defaults.PushContact, ContactOf, "an address such as mailto:admin@example.com or https://example.com/contact"),
            PushNetworks = reader.Many(SettingNames.PushNetworks, defaults.PushNetworks, NetworkOf, "a network such as 10.0.0.0/8 or 192.0.2.7"),
            BrowserRingTime = reader.One(SettingNames.BrowserRingTime, defaults.BrowserRingTime, RingTimeOf, "a number of seconds from 1 to 30"),
            ReconnectTime = reader.One(SettingNames.ReconnectTime, defaults.ReconnectTime, WaitOf, "a number of seconds from 5 to 600"),
            DrainTime = reader.One<TimeSpan?>(SettingNames.DrainTime, defaults.DrainTime, DrainTimeOf, "a number of seconds from 0 to 3600"),
            NodeName = reader.One(SettingNames.Node, defaults.NodeName, NodeNameOf, "1 to 40 letters, digits or dashes"),
        };
    }

    private const string PortRule = "a port from 1 to 65535, or 0 for any free one";

    private static (bool, IPAddress?) IPAddressOf(string text) => (IPAddress.TryParse(text, out var address), address);

    private static (bool, int) PortOf(string text) =>
        (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535, port);

    private static (bool, int) FixedPortOf(string text) => PortOf(text) is (true, > 0 and var port) ? (true, port) : (false, 0);

    private static (bool, PortRange) PortsOf(string text) => (PortRange.TryParse(text, out var range), range);

    private static (bool, string?) TextOf(string text) => (text.Length > 0, text);

    private static (bool, bool) FlagOf(string text) => (bool.TryParse(text, out var on), on);

    private static (bool, LogLevel) LogLevelOf(string text)
    {
        foreach (var (name, level) in LogLevels)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase)) return (true, level);
        }

        return (false, default);
    }

    private static (bool, NodeRoles) RoleOf(string text) =>
        (Enum.TryParse<NodeRoles>(text, ignoreCase: true, out var role) && role is NodeRoles.Sip or NodeRoles.Media or NodeRoles.Grains or NodeRoles.Web && char.IsAsciiLetter(text[0]), role);

    private static (bool, TimeSpan) SecondsOf(string text)
    {
        var parsed = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        return (parsed && seconds <= 3600, TimeSpan.FromSeconds(seconds));
    }

    private static (bool, string?) IceServerOf(string text) =>
        (IceSchemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal) && text.Length > scheme.Length) && text.All(c => c is > ' ' and < '\u007f'), text);

    private static (bool, string?) ContactOf(string text) =>
        (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeMailto || uri.Scheme == Uri.UriSchemeHttps) && text.All(c => c is > ' ' and < '\u007f'), text);

    private static (bool, TimeSpan) RingTimeOf(string text)
    {
        var (fits, time) = SecondsOf(text);
        return (fits && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromSeconds(30), time);
    }

    private static (bool, TimeSpan) WaitOf(string text)
    {
        var (fits, time) = SecondsOf(text);
        return (fits && time >= TimeSpan.FromSeconds(5) && time <= TimeSpan.FromSeconds(600), time);
    }

    private static (bool, TimeSpan?) DrainTimeOf(string text)
    {
        var (fits, time) = SecondsOf(text);
        return (fits, time);
    }

    private static (bool, string) NodeNameOf(string text) =>
        (text.Length is >= 1 and <= 40 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), text);

    private static (bool, IPNetwork) NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return (true, network);
        if (!IPAddress.TryParse(text, out var address)) return (false, default);
        return (true, new IPNetwork(address, address.GetAddressBytes().Length * 8));
    }

    private readonly struct Reader(SettingValues values)
    {
        public T One<T>(string name, T fallback, Func<string, (bool Fits, T? Value)> parse, string rule) =>
            values[name] is { } setting ? Parse(setting, setting.Text.Trim(), parse, rule) : fallback;

        public ImmutableArray<T> Many<T>(string name, ImmutableArray<T> fallback, Func<string, (bool Fits, T? Value)> parse, string rule)
        {
            if (values[name] is not { } setting) return fallback;
            var parts = setting.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return parts.Length == 0
                ? throw Refuse(setting, setting.Text, rule)
                : [.. parts.Select(part => Parse(setting, part, parse, rule))];
        }

        private static T Parse<T>(SettingText setting, string text, Func<string, (bool Fits, T? Value)> parse, string rule)
        {
            var (fits, value) = parse(text);
            return fits ? value! : throw Refuse(setting, text, rule);
        }

        private static StartRefusedException Refuse(SettingText setting, string text, string rule) =>
            new($"{setting.Origin} must be {rule}; it is \"{text}\".", StartExitCode.BadSettings);
    }
}
