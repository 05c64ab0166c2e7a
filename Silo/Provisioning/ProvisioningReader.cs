using System.Collections.Immutable;
using System.Text.Json;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads a provisioning file whole, or refuses it at the first mistake with its line and column.</summary>
internal static class ProvisioningReader
{
    /// <param name="json">The file's content.</param>
    /// <param name="folder">Where the file lies: relative names of sound files start there.</param>
    /// <exception cref="ProvisioningException">The file has a mistake.</exception>
    public static ImmutableArray<ProvisionedTenant> Read(ReadOnlySpan<byte> json, string folder)
    {
        var content = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        var cursor = new JsonCursor(content);
        cursor.Read();
        cursor.Expect(JsonTokenType.StartObject, "an object with \"tenants\"");
        var start = cursor.Position;
        var fields = new FieldSet();
        ImmutableArray<ProvisionedTenant>? tenants = null;
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "$schema": cursor.Text(field); break;
                case "tenants": tenants = ReadTenants(ref cursor, folder); break;
                default: throw cursor.Refuse($"there is no field \"{field}\" here; fields are $schema and tenants");
            }
        }

        cursor.ReadEnd();
        return tenants ?? throw cursor.Refuse(start, "\"tenants\" is missing");
    }

    private static ImmutableArray<ProvisionedTenant> ReadTenants(ref JsonCursor cursor, string folder)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of tenants");
        var tenants = ImmutableArray.CreateBuilder<ProvisionedTenant>();
        var names = new HashSet<string>();
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var macs = new HashSet<string>();
        while (ReadItem(ref cursor))
        {
            var draft = TenantReader.Read(ref cursor, folder);
            if (!names.Add(draft.Name.Value)) throw cursor.Refuse(draft.Name.Position, $"there is a tenant \"{draft.Name.Value}\" already");
            if (!domains.Add(draft.Domain.Value)) throw cursor.Refuse(draft.Domain.Position, $"there is a tenant with the domain \"{draft.Domain.Value}\" already");
            foreach (var mac in draft.Users.SelectMany(user => user.Phones))
            {
                if (!macs.Add(mac)) throw cursor.Refuse(draft.Position, $"the phone {mac} is given twice");
            }

            tenants.Add(draft.ToTenant(cursor));
        }

        return tenants.Count > 0 ? tenants.ToImmutable() : throw cursor.Refuse("there must be at least one tenant");
    }

    /// <summary>Moves to the next item of an array; false at its end.</summary>
    public static bool ReadItem(ref JsonCursor cursor)
    {
        cursor.Read();
        return cursor.Token != JsonTokenType.EndArray;
    }
}

/// <summary>Walks the fields of one object and refuses one that comes twice.</summary>
internal readonly struct FieldSet()
{
    private readonly HashSet<string> _seen = [];

    /// <summary>Moves to the value of the next field; false at the object's end.</summary>
    public bool Next(ref JsonCursor cursor, out string field)
    {
        cursor.Read();
        field = "";
        if (cursor.Token == JsonTokenType.EndObject) return false;
        field = cursor.PropertyName();
        if (!_seen.Add(field)) throw cursor.Refuse($"\"{field}\" is given twice");
        cursor.Read();
        return true;
    }
}

/// <summary>A value and where it stands, for what can only be judged later.</summary>
internal readonly record struct Placed<T>(T Value, int Position);
