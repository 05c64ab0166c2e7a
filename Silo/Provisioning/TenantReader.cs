using System.Collections.Immutable;
using System.Text.Json;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads one tenant. Its users are hashed only when the whole tenant is known, since the domain may follow them.</summary>
internal static class TenantReader
{
    public static TenantDraft Read(ref JsonCursor cursor, string folder)
    {
        cursor.Expect(JsonTokenType.StartObject, "a tenant (an object)");
        var draft = new TenantDraft { Position = cursor.Position };
        var fields = new FieldSet();
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "name": draft.Name = ReadText(ref cursor, field, ProvisioningRules.TenantName.IsMatch, ProvisioningRules.TenantNameRule); break;
                case "domain": draft.Domain = ReadText(ref cursor, field, ProvisioningRules.IsDomain, ProvisioningRules.DomainRule); break;
                case "digestAlgorithms": draft.Algorithms = ReadAlgorithms(ref cursor); break;
                case "holdMusic": draft.HoldMusic = ReadSoundFile(ref cursor, field, folder); break;
                case "ringTime": draft.RingTime = TimeSpan.FromSeconds(cursor.Number(field, 1, ProvisioningRules.LongestRingSeconds)); break;
                case "parkSlots": draft.Features = draft.Features with { ParkSlots = FeatureReader.ReadSlots(ref cursor) }; break;
                case "holdEscalation": draft.Features = draft.Features with { HoldEscalation = ReadText(ref cursor, field, text => text.Length is > 0 and <= 64, "must be an extension").Value }; break;
                case "parkTime": draft.Features = draft.Features with { ParkTime = FeatureReader.ReadSeconds(ref cursor, field) }; break;
                case "pickupGroups": draft.Features = draft.Features with { PickupGroups = FeatureReader.ReadGroups(ref cursor) }; break;
                case "webphone": draft.HasWebphone = cursor.YesOrNo(field); break;
                case "signOutAfter": draft.SignOutAfter = TimeSpan.FromMinutes(cursor.Number(field, ProvisioningRules.LeastSignOutMinutes, ProvisioningRules.MostSignOutMinutes)); break;
                case "recording": draft.Recording = RecordingReader.ReadPolicy(ref cursor, folder); break;
                case "phones": draft.Phones = PhoneReader.ReadSettings(ref cursor); break;
                case "trunks": draft.Trunks = TrunkReader.ReadTrunks(ref cursor); break;
                case "users": UserReader.ReadUsers(ref cursor, draft.Users); break;
                case "userRanges": UserReader.ReadRanges(ref cursor, draft.Users); break;
                default: throw cursor.Refuse($"a tenant has no field \"{field}\"; fields are name, domain, digestAlgorithms, holdMusic, ringTime, parkSlots, parkTime, pickupGroups, holdEscalation, webphone, signOutAfter, recording, phones, trunks, users and userRanges");
            }
        }

        if (draft.Name.Value is null) throw cursor.Refuse(draft.Position, "\"name\" of the tenant is missing");
        if (draft.Domain.Value is null) throw cursor.Refuse(draft.Position, "\"domain\" of the tenant is missing");
        return draft;
    }

    internal static Placed<string> ReadText(ref JsonCursor cursor, string field, Func<string, bool> fits, string rule)
    {
        var text = cursor.Text(field);
        return fits(text) ? new Placed<string>(text, cursor.Position) : throw cursor.Refuse($"\"{field}\" {rule}");
    }

    private static ImmutableArray<string> ReadAlgorithms(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of digest algorithms");
        var algorithms = ImmutableArray.CreateBuilder<string>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            var name = cursor.Text("digestAlgorithms");
            var known = DigestHashing.Algorithms.IndexOf(name);
            if (known < 0) throw cursor.Refuse($"there is no digest algorithm \"{name}\"; there are {string.Join(" and ", DigestHashing.Algorithms)}");
            if (algorithms.Contains(name)) throw cursor.Refuse($"the digest algorithm \"{name}\" is given twice");
            algorithms.Add(DigestHashing.Algorithms[known]);
        }

        return algorithms.Count > 0 ? algorithms.ToImmutable() : throw cursor.Refuse("\"digestAlgorithms\" must name at least one");
    }

    internal static string ReadSoundFile(ref JsonCursor cursor, string field, string folder)
    {
        var path = cursor.Text(field);
        if (path.Length == 0 || path.Contains('\0')) throw cursor.Refuse($"\"{field}\" must be the name of a WAV file");
        var full = Path.GetFullPath(path, Path.GetFullPath(folder));
        return File.Exists(full) ? full : throw cursor.Refuse($"there is no file \"{path}\" for \"{field}\"");
    }
}

/// <summary>A tenant on the way in.</summary>
internal sealed class TenantDraft
{
    public int Position { get; init; }

    public Placed<string> Name { get; set; }

    public Placed<string> Domain { get; set; }

    public ImmutableArray<string> Algorithms { get; set; } = DigestHashing.Algorithms;

    public string? HoldMusic { get; set; }

    public TimeSpan RingTime { get; set; } = TimeSpan.FromSeconds(ProvisioningRules.DefaultRingSeconds);

    public PhoneSettings Phones { get; set; } = PhoneSettings.Default;

    public RecordingPolicy Recording { get; set; } = RecordingPolicy.Default;

    public TenantFeatures Features { get; set; } = TenantFeatures.Default;

    public ImmutableArray<TrunkDraft> Trunks { get; set; } = [];

    /// <summary>For users who do not say otherwise.</summary>
    public bool HasWebphone { get; set; } = true;

    public TimeSpan? SignOutAfter { get; set; }

    public List<UserDraft> Users { get; } = [];

    /// <param name="cursor">Says where a mistake is.</param>
    public ProvisionedTenant ToTenant(JsonCursor cursor)
    {
        var domain = Domain.Value.ToLowerInvariant();
        var byExtension = new Dictionary<string, ProvisionedUser>(Users.Count);
        foreach (var draft in Users)
        {
            if (byExtension.ContainsKey(draft.Extension)) throw cursor.Refuse(draft.Position, $"extension {draft.Extension} is given twice in tenant \"{Name.Value}\"");
            if (byExtension.Count == ProvisioningRules.MostUsers) throw cursor.Refuse(draft.Position, $"a tenant has at most {ProvisioningRules.MostUsers} users");
            byExtension.Add(draft.Extension, new ProvisionedUser(draft.Extension, draft.Name, draft.Hash(cursor, Algorithms, domain), draft.Password)
            {
                Keys = draft.Keys,
                CallerIds = draft.CallerIds,
                HasWebphone = draft.HasWebphone ?? HasWebphone,
                Recording = draft.Recording,
                Rights = draft.Rights,
                Phones = [.. draft.Phones.Select(mac => new ProvisionedPhone(mac, draft.Secret!))],
            });
        }

        var trunks = ImmutableArray.CreateBuilder<TrunkRecord>(Trunks.Length);
        foreach (var draft in Trunks) trunks.Add(draft.ToTrunk(cursor, byExtension.ContainsKey));
        return new ProvisionedTenant(Name.Value, domain, Algorithms, HoldMusic, RingTime, [.. byExtension.Values], Features)
        {
            Phones = Phones,
            SignOutAfter = SignOutAfter,
            Recording = Recording,
            Trunks = trunks.MoveToImmutable(),
        };
    }
}
