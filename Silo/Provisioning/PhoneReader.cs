using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads what desk phones are told: the tenant's settings, the keys and the phones of its users.</summary>
internal static partial class PhoneReader
{
    public const int MostKeys = 200;
    public const int MostPhones = 10;
    private const int LongestLabel = 40;
    private const string NumberRule = "must be 1 to 32 digits, * and #";

    /// <summary>Names as the file has them.</summary>
    private static readonly Dictionary<string, PhoneKeyType> Types = new()
    {
        ["blf"] = PhoneKeyType.Blf,
        ["park"] = PhoneKeyType.Park,
        ["conference"] = PhoneKeyType.Conference,
        ["dnd"] = PhoneKeyType.DoNotDisturb,
        ["speed"] = PhoneKeyType.SpeedDial,
    };

    private static readonly string[] Transports = ["udp", "tcp", "tls"];

    [GeneratedRegex("^([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}\\z")]
    private static partial Regex Mac { get; }

    [GeneratedRegex("^\\+?[0-9*#]{1,32}\\z")]
    private static partial Regex Number { get; }

    [GeneratedRegex("^[A-Za-z0-9.:\\[\\]-]{1,253}\\z")]
    private static partial Regex Host { get; }

    public static PhoneSettings ReadSettings(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "settings of phones (an object)");
        var settings = PhoneSettings.Default;
        var fields = new FieldSet();
        while (fields.Next(ref cursor, out var field))
        {
            settings = field switch
            {
                "server" => settings with { Server = TenantReader.ReadText(ref cursor, field, Host.IsMatch, "must be a host name or an address").Value },
                "port" => settings with { Port = cursor.Number(field, 1, 65535) },
                "transport" => settings with { Transport = TenantReader.ReadText(ref cursor, field, Transports.Contains, "must be udp, tcp or tls").Value },
                "ntp" => settings with { NtpServer = TenantReader.ReadText(ref cursor, field, Host.IsMatch, "must be a host name or an address").Value },
                "timeZone" => settings with { TimeZone = TenantReader.ReadText(ref cursor, field, IsTimeZone, "must be a time zone such as Europe/Berlin").Value },
                "voicemail" => settings with { VoicemailNumber = TenantReader.ReadText(ref cursor, field, Number.IsMatch, NumberRule).Value },
                _ => throw cursor.Refuse($"phones have no field \"{field}\"; fields are server, port, transport, ntp, timeZone and voicemail"),
            };
        }

        return settings;
    }

    public static ImmutableArray<string> ReadPhones(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of hardware addresses");
        var phones = ImmutableArray.CreateBuilder<string>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            var mac = TenantReader.ReadText(ref cursor, "phones", Mac.IsMatch, "must be hardware addresses such as 00:15:65:12:34:ab").Value;
            if (phones.Count == MostPhones) throw cursor.Refuse($"a user has at most {MostPhones} phones");
            phones.Add(new string([.. mac.Where(char.IsAsciiHexDigit)]).ToLowerInvariant());
        }

        return phones.ToImmutable();
    }

    public static ImmutableArray<PhoneKey> ReadKeys(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of keys");
        var keys = ImmutableArray.CreateBuilder<PhoneKey>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            if (keys.Count == MostKeys) throw cursor.Refuse($"a user has at most {MostKeys} keys");
            keys.Add(ReadKey(ref cursor));
        }

        return keys.ToImmutable();
    }

    private static PhoneKey ReadKey(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "a key (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        PhoneKeyType? type = null;
        string? number = null, label = null;
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "type": type = Types[TenantReader.ReadText(ref cursor, field, Types.ContainsKey, "must be blf, park, conference, dnd or speed").Value]; break;
                case "number": number = TenantReader.ReadText(ref cursor, field, Number.IsMatch, NumberRule).Value; break;
                case "label": label = TenantReader.ReadText(ref cursor, field, IsLabel, $"must be 1 to {LongestLabel} characters, none of them a control character").Value; break;
                default: throw cursor.Refuse($"a key has no field \"{field}\"; fields are type, number and label");
            }
        }

        number ??= type switch
        {
            PhoneKeyType.Conference => "*38",
            PhoneKeyType.DoNotDisturb => NumberingPlan.ToggleDoNotDisturbCode,
            _ => null,
        };
        if (type is null) throw cursor.Refuse(start, "\"type\" of the key is missing");
        if (number is null) throw cursor.Refuse(start, "\"number\" of the key is missing");
        return new PhoneKey(type.Value, number, label ?? number);
    }

    private static bool IsLabel(string text) => text.Length is >= 1 and <= LongestLabel && !text.Any(char.IsControl);

    private static bool IsTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);
}
