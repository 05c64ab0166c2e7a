using System.Text;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>Yealink's <c>MAC.cfg</c>: lines of <c>name = value</c> behind a fixed first line.</summary>
internal static class YealinkFile
{
    private const int Line = 15;
    private const int Blf = 16;
    private const int SpeedDial = 13;

    /// <summary>The first line key is the line itself.</summary>
    private const int FirstKey = 2;

    public static PhoneFile Write(PhoneSetup setup)
    {
        var (phone, text) = (setup.Configuration, new StringBuilder("#!version:1.0.0.1\n"));
        Add("account.1.enable", "1");
        Add("account.1.label", setup.Name);
        Add("account.1.display_name", setup.Name);
        Add("account.1.user_name", phone.Extension);
        Add("account.1.auth_name", phone.Extension);
        Add("account.1.password", phone.Secret);
        Add("account.1.sip_server.1.address", phone.Domain);
        Add("account.1.sip_server.1.port", $"{setup.Port}");
        Add("account.1.sip_server.1.transport_type", setup.Transport switch { "tcp" => "1", "tls" => "2", _ => "0" });
        Add("account.1.sip_server.1.expires", $"{PhoneSetup.RegisterSeconds}");
        Add("account.1.outbound_proxy_enable", "1");
        Add("account.1.outbound_proxy.1.address", setup.Server);
        Add("account.1.outbound_proxy.1.port", $"{setup.Port}");
        Add("account.1.subscribe_mwi", "1");
        Add("account.1.blf_list_uri", $"blf-{phone.Extension}@{phone.Domain}");
        Add("account.1.direct_pickup_code", PhoneSetup.PickupCode);
        Add("voice_mail.number.1", phone.Settings.VoicemailNumber);
        Add("features.pickup.direct_pickup_enable", "1");
        Add("features.pickup.direct_pickup_code", PhoneSetup.PickupCode);
        Add("features.pickup.group_pickup_enable", "1");
        Add("features.pickup.group_pickup_code", "*8");
        Add("features.pickup.blf_visual_enable", "1");
        // A key that is pressed during a call sends the call there at once: to a slot, into the conference, to a colleague.
        Add("transfer.dsskey_deal_type", "2");
        WriteClock(setup, Add);
        Add("linekey.1.type", $"{Line}");
        Add("linekey.1.line", "1");
        for (var i = 0; i < phone.Keys.Length; i++)
            WriteKey($"linekey.{i + FirstKey}", phone.Keys[i], Add);
        return PhoneFile.Text(text.ToString());

        void Add(string name, string value) => text.Append(name).Append(" = ").Append(PhoneFile.Clean(value)).Append('\n');
    }

    /// <summary>The file for all phones of a model, which says nothing.</summary>
    public static PhoneFile Common() => PhoneFile.Text("#!version:1.0.0.1\n");

    private static void WriteKey(string name, PhoneKey key, Action<string, string> add)
    {
        add($"{name}.type", $"{(key.Type == PhoneKeyType.SpeedDial ? SpeedDial : Blf)}");
        add($"{name}.line", "1");
        add($"{name}.value", key.Number);
        add($"{name}.label", PhoneSetup.LabelOf(key));
        if (key.Type == PhoneKeyType.Blf)
            add($"{name}.extension", PhoneSetup.PickupCode);
    }

    private static void WriteClock(PhoneSetup setup, Action<string, string> add)
    {
        var clock = setup.Clock;
        add("local_time.ntp_server1", setup.Configuration.Settings.NtpServer);
        add("local_time.time_zone", $"{(clock.Offset < TimeSpan.Zero ? '-' : '+')}{clock.Offset:%h}{(clock.Offset.Minutes == 0 ? "" : $":{clock.Offset:mm}")}");
        add("local_time.summer_time", clock.Start is null ? "0" : "1");
        if (clock.Start is not { } start || clock.End is not { } end)
            return;
        add("local_time.dst_time_type", "1");
        add("local_time.start_time", Rule(start));
        add("local_time.end_time", Rule(end));
        add("local_time.offset_time", $"{(int)clock.Saved.TotalMinutes}");

        // Month/week/weekday/hour; Monday is 1, the last week 5.
        static string Rule(ClockChange change) => $"{change.Month}/{change.Week}/{(change.Day == DayOfWeek.Sunday ? 7 : (int)change.Day)}/{change.Hour}";
    }
}
