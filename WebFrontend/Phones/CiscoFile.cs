using System.Xml.Linq;
using Webphone.Grains.Phones;

namespace Webphone.WebFrontend.Phones;

/// <summary>The flat profile of Cisco's phones with multiplatform firmware: an element for each parameter, its blanks written as underscores.</summary>
internal static class CiscoFile
{
    /// <summary>The first line key is the line itself.</summary>
    private const int FirstKey = 2;

    public static PhoneFile Write(PhoneSetup setup)
    {
        var phone = setup.Configuration;
        var profile = new XElement("flat-profile");
        Add("Station_Name", setup.Name);
        Add("Line_Enable_1_", "Yes");
        Add("Proxy_1_", phone.Domain);
        Add("Outbound_Proxy_1_", $"{setup.Server}:{setup.Port}");
        Add("Use_Outbound_Proxy_1_", "Yes");
        Add("SIP_Transport_1_", setup.Transport.ToUpperInvariant());
        Add("Register_1_", "Yes");
        Add("Register_Expires_1_", $"{PhoneSetup.RegisterSeconds}");
        Add("Display_Name_1_", setup.Name);
        Add("User_ID_1_", phone.Extension);
        Add("Auth_ID_1_", phone.Extension);
        Add("Use_Auth_ID_1_", "Yes");
        Add("Password_1_", phone.Secret);
        Add("Voice_Mail_Number", phone.Settings.VoicemailNumber);
        Add("Attendant_Console_Call_Pickup_Code", PhoneSetup.PickupCode);
        Add("Call_Pickup_Code", PhoneSetup.PickupCode);
        Add("Group_Call_Pickup_Code", "*8");
        Add("BLF_List_URI", $"sip:blf-{phone.Extension}@{phone.Domain}");
        Add("Primary_NTP_Server", phone.Settings.NtpServer);
        Add("Time_Zone", setup.Clock.Offset == TimeSpan.Zero ? "GMT" : $"GMT{setup.Clock.Text}");
        Add("Daylight_Saving_Time_Enable", setup.Clock.Start is null ? "No" : "Yes");
        if (setup.Clock is { Start: { } start, End: { } end })
            Add("Daylight_Saving_Time_Rule", $"start={Rule(start)};end={Rule(end)};save={(int)setup.Clock.Saved.TotalHours}");
        for (var i = 0; i < phone.Keys.Length; i++)
        {
            Add($"Extension_{i + FirstKey}_", "Disabled");
            Add($"Extended_Function_{i + FirstKey}_", FunctionOf(phone.Keys[i], phone.Domain));
        }

        return PhoneFile.Xml(profile);

        void Add(string name, string value) => profile.Add(new XElement(name, PhoneFile.Clean(value)));
    }

    /// <summary>Functions, joined by +: a lamp (blf), speed dial (sd), pickup (cp), park (prk). A semicolon ends a part, so none may stand in a label.</summary>
    private static string FunctionOf(PhoneKey key, string domain)
    {
        var label = PhoneSetup.LabelOf(key).Replace(';', ',').Replace('@', ' ');
        return key.Type switch
        {
            PhoneKeyType.Blf => $"fnc=blf+sd+cp;sub={key.Number}@{domain};nme={label}",
            PhoneKeyType.Park => $"fnc=prk;sub={key.Number}@{domain};nme={label}",
            PhoneKeyType.SpeedDial => $"fnc=sd;ext={key.Number}@{domain};nme={label}",
            _ => $"fnc=blf+sd;sub={key.Number}@{domain};nme={label}",
        };
    }

    /// <summary>Month/day/weekday/time: the weekday on or after that day, the last of the month for -1; Monday is 1.</summary>
    private static string Rule(ClockChange change) =>
        $"{change.Month}/{(change.IsLast ? -1 : change.FirstDay)}/{(change.Day == DayOfWeek.Sunday ? 7 : (int)change.Day)}/{change.Hour}:0:0";
}
