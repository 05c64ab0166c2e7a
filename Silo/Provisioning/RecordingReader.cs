using System.Collections.Immutable;
using System.Text.Json;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads what a tenant and its users say about recordings.</summary>
internal static class RecordingReader
{
    private const int LongestKeepDays = 36_500;

    private static readonly ImmutableArray<(string Name, RecordingWhen Mode)> Modes =
        [("never", RecordingWhen.Never), ("onDemand", RecordingWhen.OnDemand), ("always", RecordingWhen.Always)];

    private static readonly ImmutableArray<(string Name, RecordingNotice Notice)> Notices =
        [("none", RecordingNotice.None), ("beep", RecordingNotice.Beep), ("announcement", RecordingNotice.Announcement)];

    private static readonly ImmutableArray<(string Name, RecordingFileKind Kind)> Kinds = [("wav", RecordingFileKind.Wav), ("opus", RecordingFileKind.Opus)];

    private static readonly ImmutableArray<string> Rights = [RecordingRight.Name];

    public static RecordingPolicy ReadPolicy(ref JsonCursor cursor, string folder)
    {
        cursor.Expect(JsonTokenType.StartObject, "recording (an object)");
        var policy = RecordingPolicy.Default;
        var fields = new FieldSet();
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "internal" or "inbound" or "outbound": policy = policy with { Modes = ReadMode(ref cursor, field, policy.Modes) }; break;
                case "pause": policy = policy with { MayPause = cursor.YesOrNo(field) }; break;
                case "notice": policy = policy with { Notice = ReadWord(ref cursor, field, Notices) }; break;
                case "announcement": policy = policy with { AnnouncementFile = TenantReader.ReadSoundFile(ref cursor, field, folder) }; break;
                case "showPeer": policy = policy with { ShowsPeer = cursor.YesOrNo(field) }; break;
                case "format": policy = policy with { Kind = ReadWord(ref cursor, field, Kinds) }; break;
                case "download": policy = policy with { MayDownload = cursor.YesOrNo(field) }; break;
                case "delete": policy = policy with { MayDelete = cursor.YesOrNo(field) }; break;
                case "keepDays": policy = policy with { KeepFor = TimeSpan.FromDays(cursor.Number(field, 1, LongestKeepDays)) }; break;
                default: throw cursor.Refuse($"recording has no field \"{field}\"; fields are internal, inbound, outbound, pause, notice, announcement, showPeer, format, download, delete and keepDays");
            }
        }

        return policy;
    }

    /// <summary>What a user's own rules leave out is recorded when the user says so.</summary>
    public static RecordingModes ReadModes(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "recording (an object)");
        var modes = RecordingModes.OnDemand;
        var fields = new FieldSet();
        while (fields.Next(ref cursor, out var field))
        {
            if (field is not ("internal" or "inbound" or "outbound"))
                throw cursor.Refuse($"recording of a user has no field \"{field}\"; fields are internal, inbound and outbound");
            modes = ReadMode(ref cursor, field, modes);
        }

        return modes;
    }

    public static ImmutableArray<string> ReadRights(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of rights");
        var rights = ImmutableArray.CreateBuilder<string>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            var right = cursor.Text("rights");
            if (!Rights.Contains(right)) throw cursor.Refuse($"there is no right \"{right}\"; there is {string.Join(" and ", Rights)}");
            if (rights.Contains(right)) throw cursor.Refuse($"the right \"{right}\" is given twice");
            rights.Add(right);
        }

        return rights.ToImmutable();
    }

    private static RecordingModes ReadMode(ref JsonCursor cursor, string field, RecordingModes modes)
    {
        var mode = ReadWord(ref cursor, field, Modes);
        return field switch
        {
            "internal" => modes with { Internal = mode },
            "inbound" => modes with { Inbound = mode },
            _ => modes with { Outbound = mode },
        };
    }

    private static T ReadWord<T>(ref JsonCursor cursor, string field, ImmutableArray<(string Name, T Value)> words)
    {
        var text = cursor.Text(field);
        foreach (var (name, value) in words)
        {
            if (name == text) return value;
        }

        throw cursor.Refuse($"\"{field}\" must be one of {string.Join(", ", words.Select(word => word.Name))}");
    }
}
