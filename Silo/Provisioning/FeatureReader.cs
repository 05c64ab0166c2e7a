using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads a tenant's park slots and pickup groups.</summary>
internal static class FeatureReader
{
    public const int MostSlots = 100;
    private const int MostGroups = 200;
    private const int LongestParkSeconds = 3600;

    public static ImmutableArray<string> ReadSlots(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "park slots (an object)");
        var fields = new FieldSet();
        int first = 701, count = 9;
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "first": first = cursor.Number(field, 10, 99_000); break;
                case "count": count = cursor.Number(field, 0, MostSlots); break;
                default: throw cursor.Refuse($"park slots have no field \"{field}\"; fields are first and count");
            }
        }

        return [.. Enumerable.Range(first, count).Select(slot => slot.ToString(CultureInfo.InvariantCulture))];
    }

    public static TimeSpan ReadSeconds(ref JsonCursor cursor, string field) => TimeSpan.FromSeconds(cursor.Number(field, 5, LongestParkSeconds));

    public static ImmutableArray<ImmutableArray<string>> ReadGroups(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of pickup groups");
        var groups = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            if (groups.Count == MostGroups) throw cursor.Refuse($"a tenant has at most {MostGroups} pickup groups");
            cursor.Expect(JsonTokenType.StartArray, "a pickup group (an array of extensions)");
            var group = ImmutableArray.CreateBuilder<string>();
            while (ProvisioningReader.ReadItem(ref cursor)) group.Add(UserReader.ReadExtension(ref cursor, "pickupGroups"));
            groups.Add(group.ToImmutable());
        }

        return groups.ToImmutable();
    }
}
