using System.Xml.Linq;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>Poly's (Polycom's) files: a master that names the others, the configuration as attributes, and the phone book that holds speed dials.</summary>
internal static class PolyFiles
{
    /// <summary>What the master calls the configuration.</summary>
    public const string ConfigurationSuffix = "-webphone.cfg";

    public static PhoneFile Master(PhoneSetup setup) => PhoneFile.Xml(new XElement(
        "APPLICATION",
        new XAttribute("APP_FILE_PATH", ""),
        new XAttribute("CONFIG_FILES", setup.Configuration.Mac + ConfigurationSuffix),
        new XAttribute("MISC_FILES", ""),
        new XAttribute("LOG_FILE_DIRECTORY", ""),
        new XAttribute("OVERRIDES_DIRECTORY", ""),
        new XAttribute("CONTACTS_DIRECTORY", "")));

    public static PhoneFile Configuration(PhoneSetup setup)
    {
        var phone = setup.Configuration;
        var config = new XElement("webphone");
        Add("reg.1.address", phone.Extension);
        Add("reg.1.label", setup.Name);
        Add("reg.1.displayName", setup.Name);
        Add("reg.1.auth.userId", phone.Extension);
        Add("reg.1.auth.password", PhoneFile.Clean(phone.Secret));
        Add("reg.1.server.1.address", phone.Domain);
        Add("reg.1.server.1.port", $"{setup.Port}");
        Add("reg.1.server.1.transport", Transport(setup));
        Add("reg.1.server.1.expires", $"{PhoneSetup.RegisterSeconds}");
        Add("reg.1.outboundProxy.address", setup.Server);
        Add("reg.1.outboundProxy.port", $"{setup.Port}");
        Add("reg.1.outboundProxy.transport", Transport(setup));
        Add("msg.mwi.1.subscribe", phone.Extension);
        Add("msg.mwi.1.callBackMode", "contact");
        Add("msg.mwi.1.callBack", phone.Settings.VoicemailNumber);
        Add("call.directedCallPickupMethod", "legacy");
        Add("call.directedCallPickupString", PhoneSetup.PickupCode);
        Add("attendant.reg", "1");
        WriteClock(setup, Add);
        var watched = phone.Keys.Where(key => key.Type != PhoneKeyType.SpeedDial).ToList();
        for (var i = 0; i < watched.Count; i++)
        {
            Add($"attendant.resourceList.{i + 1}.address", $"{watched[i].Number}@{phone.Domain}");
            Add($"attendant.resourceList.{i + 1}.label", PhoneSetup.LabelOf(watched[i]));
            // What is watched and dialled, and rings for nobody.
            Add($"attendant.resourceList.{i + 1}.type", watched[i].Type == PhoneKeyType.Blf ? "normal" : "automata");
        }

        return PhoneFile.Xml(new XElement("polycomConfig", config));

        void Add(string name, string value) => config.Add(new XAttribute(name, value));
    }

    public static PhoneFile Directory(PhoneSetup setup) => PhoneFile.Xml(new XElement("directory", new XElement(
        "item_list",
        setup.Configuration.Keys.Where(key => key.Type == PhoneKeyType.SpeedDial).Select((key, index) => new XElement(
            "item", new XElement("lb", PhoneSetup.LabelOf(key)), new XElement("ct", key.Number), new XElement("sd", index + 1))))));

    private static string Transport(PhoneSetup setup) => setup.Transport switch { "tcp" => "TCPOnly", "tls" => "TLS", _ => "UDPOnly" };

    private static void WriteClock(PhoneSetup setup, Action<string, string> add)
    {
        var clock = setup.Clock;
        add("tcpIpApp.sntp.address", setup.Configuration.Settings.NtpServer);
        add("tcpIpApp.sntp.address.overrideDHCP", "1");
        add("tcpIpApp.sntp.gmtOffset", $"{(int)clock.Offset.TotalSeconds}");
        add("tcpIpApp.sntp.gmtOffset.overrideDHCP", "1");
        add("tcpIpApp.sntp.daylightSavings.enable", clock.Start is null ? "0" : "1");
        if (clock.Start is not { } start || clock.End is not { } end)
            return;
        add("tcpIpApp.sntp.daylightSavings.fixedDayEnable", "0");
        Change("start", start);
        Change("stop", end);

        void Change(string which, ClockChange change)
        {
            add($"tcpIpApp.sntp.daylightSavings.{which}.month", $"{change.Month}");
            add($"tcpIpApp.sntp.daylightSavings.{which}.date", $"{(change.IsLast ? 1 : change.FirstDay)}");
            add($"tcpIpApp.sntp.daylightSavings.{which}.dayOfWeek", $"{(int)change.Day + 1}");
            add($"tcpIpApp.sntp.daylightSavings.{which}.dayOfWeek.lastInMonth", change.IsLast ? "1" : "0");
            add($"tcpIpApp.sntp.daylightSavings.{which}.time", $"{change.Hour}");
        }
    }
}
