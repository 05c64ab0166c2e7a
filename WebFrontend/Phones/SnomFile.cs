using System.Xml.Linq;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>Snom's settings file: XML with the settings of the phone and of its function keys.</summary>
internal static class SnomFile
{
    public static PhoneFile Write(PhoneSetup setup)
    {
        var phone = setup.Configuration;
        var settings = new XElement("phone-settings", new XAttribute("e", "2"));
        Identity("user_active", "on");
        Identity("user_realname", setup.Name);
        Identity("user_name", phone.Extension);
        Identity("user_pname", phone.Extension);
        Identity("user_pass", PhoneFile.Clean(phone.Secret));
        Identity("user_host", phone.Domain);
        Identity("user_outbound", $"sip:{setup.Server}:{setup.Port};transport={setup.Transport}");
        Identity("user_expiry", $"{PhoneSetup.RegisterSeconds}");
        Identity("user_mailbox", phone.Settings.VoicemailNumber);
        Identity("user_idle_text", setup.Name);
        Setting("ntp_server", phone.Settings.NtpServer);
        Setting("utc_offset", $"{(int)setup.Clock.Offset.TotalSeconds}");
        Setting("dst", Summer(setup.Clock));
        // A key that is pressed during a call sends the call there at once.
        Setting("transfer_on_hangup", "on");
        Setting("dkey_dnd", "speed *76");
        var keys = new XElement("functionKeys", new XAttribute("e", "2"));
        for (var i = 0; i < phone.Keys.Length; i++)
        {
            keys.Add(new XElement(
                "fkey", new XAttribute("idx", i), new XAttribute("context", "1"), new XAttribute("label", PhoneSetup.LabelOf(phone.Keys[i])), new XAttribute("perm", ""),
                KeyOf(phone.Keys[i], phone.Domain)));
        }

        return PhoneFile.Xml(new XElement("settings", settings, keys));

        void Identity(string name, string value) => settings.Add(new XElement(name, new XAttribute("idx", 1), new XAttribute("perm", ""), value));
        void Setting(string name, string value) => settings.Add(new XElement(name, new XAttribute("perm", ""), value));
    }

    private static string KeyOf(PhoneKey key, string domain) => key.Type switch
    {
        PhoneKeyType.Blf => $"blf sip:{key.Number}@{domain}|{PhoneSetup.PickupCode}",
        PhoneKeyType.Park => $"orbit sip:{key.Number}@{domain}",
        PhoneKeyType.SpeedDial => $"speed {key.Number}",
        _ => $"blf sip:{key.Number}@{domain}",
    };

    /// <summary>Seconds, then month.week.weekday and time of both changes; Monday is 1, the last week 05.</summary>
    private static string Summer(PhoneClock clock)
    {
        return clock.Start is not { } start || clock.End is not { } end ? "" : $"{(int)clock.Saved.TotalSeconds} {Rule(start)} {Rule(end)}";

        static string Rule(ClockChange change) => $"{change.Month:00}.{change.Week:00}.{(change.Day == DayOfWeek.Sunday ? 7 : (int)change.Day):00} {change.Hour:00}:00:00";
    }
}
