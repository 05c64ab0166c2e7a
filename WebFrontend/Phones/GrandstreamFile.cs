using System.Xml.Linq;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>Grandstream's <c>cfgMAC.xml</c>: each setting is an element named by its P number.</summary>
internal static class GrandstreamFile
{
    private const int SpeedDial = 10;
    private const int Blf = 11;
    private const int MonitoredPark = 26;

    /// <summary>The first line key is the line itself; six keys have numbers of an older row, the others go on in a newer one.</summary>
    private const int KeysInFirstRow = 6;

    public static PhoneFile Write(PhoneSetup setup)
    {
        var phone = setup.Configuration;
        var config = new XElement("config", new XAttribute("version", "1"));
        Add(271, "1");
        Add(270, setup.Name);
        Add(47, phone.Domain);
        Add(48, $"{setup.Server}:{setup.Port}");
        Add(35, phone.Extension);
        Add(36, phone.Extension);
        Add(34, phone.Secret);
        Add(3, setup.Name);
        Add(130, setup.Transport switch { "tcp" => "1", "tls" => "2", _ => "0" });
        // In minutes.
        Add(32, $"{PhoneSetup.RegisterSeconds / 60}");
        Add(33, phone.Settings.VoicemailNumber);
        Add(99, "1");
        Add(134, $"blf-{phone.Extension}");
        Add(1347, PhoneSetup.PickupCode);
        Add(30, phone.Settings.NtpServer);
        Add(64, "customize");
        Add(246, setup.Clock.Posix);
        for (var i = 0; i < phone.Keys.Length; i++)
            WriteKey(i + 2, phone.Keys[i]);
        return PhoneFile.Xml(new XElement("gs_provision", new XAttribute("version", "1"), new XElement("mac", phone.Mac), config));

        void WriteKey(int number, PhoneKey key)
        {
            var (mode, account, label, value) = number <= KeysInFirstRow
                ? (1363 + (2 * (number - 1)), 1364 + (2 * (number - 1)), 1465 + (2 * (number - 1)), 1466 + (2 * (number - 1)))
                : (23800 + (4 * (number - KeysInFirstRow - 1)), 23801 + (4 * (number - KeysInFirstRow - 1)), 23802 + (4 * (number - KeysInFirstRow - 1)), 23803 + (4 * (number - KeysInFirstRow - 1)));
            Add(mode, $"{key.Type switch { PhoneKeyType.SpeedDial => SpeedDial, PhoneKeyType.Park => MonitoredPark, _ => Blf }}");
            Add(account, "0");
            Add(label, PhoneSetup.LabelOf(key));
            Add(value, key.Number);
        }

        void Add(int number, string value) => config.Add(new XElement($"P{number}", PhoneFile.Clean(value)));
    }
}
