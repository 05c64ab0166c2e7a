using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Webphone.Grains.Accounts;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>Reads a tenant's users, one by one or by ranges.</summary>
internal static class UserReader
{
    private const string NumberPlace = "{extension}";

    public static void ReadUsers(ref JsonCursor cursor, List<UserDraft> users)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of users");
        while (ProvisioningReader.ReadItem(ref cursor)) users.Add(ReadUser(ref cursor));
    }

    public static void ReadRanges(ref JsonCursor cursor, List<UserDraft> users)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of user ranges");
        while (ProvisioningReader.ReadItem(ref cursor)) ReadRange(ref cursor, users);
    }

    private static UserDraft ReadUser(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "a user (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        string? extension = null, name = null, secret = null;
        ProvisionedPassword? password = null, passwordHash = null;
        Dictionary<string, string>? hashes = null;
        var (keys, phones) = (ImmutableArray<PhoneKey>.Empty, ImmutableArray<string>.Empty);
        ImmutableArray<string> callerIds = [], rights = [];
        RecordingModes? recording = null;
        bool? hasWebphone = null;
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "extension": extension = ReadExtension(ref cursor, field); break;
                case "name": name = ReadName(ref cursor, field); break;
                case "secret": secret = ReadSecret(ref cursor, field); break;
                case "hashes": hashes = ReadHashes(ref cursor); break;
                case "password": password = PasswordOf(ReadSecret(ref cursor, field)); break;
                case "passwordHash": passwordHash = ReadPasswordHash(ref cursor, field); break;
                case "keys": keys = PhoneReader.ReadKeys(ref cursor); break;
                case "phones": phones = PhoneReader.ReadPhones(ref cursor); break;
                case "webphone": hasWebphone = cursor.YesOrNo(field); break;
                case "callerIds": callerIds = ReadCallerIds(ref cursor); break;
                case "recording": recording = RecordingReader.ReadModes(ref cursor); break;
                case "rights": rights = RecordingReader.ReadRights(ref cursor); break;
                default: throw cursor.Refuse($"a user has no field \"{field}\"; fields are extension, name, secret, hashes, password, passwordHash, callerIds, webphone, keys, phones, recording and rights");
            }
        }

        if (extension is null) throw cursor.Refuse(start, "\"extension\" of the user is missing");
        if (secret is null == hashes is null) throw cursor.Refuse(start, $"user {extension} must have either \"secret\" or \"hashes\"");
        if (password is not null && passwordHash is not null) throw cursor.Refuse(start, $"user {extension} must not have both \"password\" and \"passwordHash\"");
        if (secret is null && !phones.IsEmpty) throw cursor.Refuse(start, $"user {extension} has phones, whose configuration needs \"secret\" and not \"hashes\"");
        return new UserDraft(start, extension, name ?? extension, secret, hashes, password ?? passwordHash) { Keys = keys, Phones = phones, CallerIds = callerIds, HasWebphone = hasWebphone, Recording = recording, Rights = rights };
    }

    private static void ReadRange(ref JsonCursor cursor, List<UserDraft> users)
    {
        cursor.Expect(JsonTokenType.StartObject, "a user range (an object)");
        var start = cursor.Position;
        var fields = new FieldSet();
        string? first = null, prefix = null, passwordPrefix = null, pattern = null;
        var count = 0;
        while (fields.Next(ref cursor, out var field))
        {
            switch (field)
            {
                case "first": first = ReadExtension(ref cursor, field); break;
                case "count": count = cursor.Number(field, 1, ProvisioningRules.MostUsers); break;
                case "secretPrefix": prefix = ReadSecret(ref cursor, field); break;
                case "passwordPrefix": passwordPrefix = ReadSecret(ref cursor, field); break;
                case "name": pattern = ReadName(ref cursor, field); break;
                default: throw cursor.Refuse($"a user range has no field \"{field}\"; fields are first, count, secretPrefix, passwordPrefix and name");
            }
        }

        if (first is null) throw cursor.Refuse(start, "\"first\" of the user range is missing");
        if (count == 0) throw cursor.Refuse(start, "\"count\" of the user range is missing");
        if (prefix is null) throw cursor.Refuse(start, "\"secretPrefix\" of the user range is missing");
        AddRange(cursor, users, start, first, count, prefix, passwordPrefix, pattern ?? NumberPlace);
    }

    private static void AddRange(JsonCursor cursor, List<UserDraft> users, int start, string first, int count, string prefix, string? passwordPrefix, string pattern)
    {
        var number = long.Parse(first, NumberStyles.None, CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++)
        {
            // Leading zeros stay: 0099 is followed by 0100.
            var extension = (number + i).ToString("D" + first.Length, CultureInfo.InvariantCulture);
            if (extension.Length != first.Length) throw cursor.Refuse(start, $"the user range from {first} with {count} users runs out of {first.Length} digits");
            if (ProvisioningRules.RoomNumber.IsMatch(extension)) throw cursor.Refuse(start, $"the user range holds {extension}, and 99900 to 99999 are rooms");
            users.Add(new UserDraft(start, extension, pattern.Replace(NumberPlace, extension, StringComparison.Ordinal), prefix + extension, Hashes: null,
                passwordPrefix is null ? null : PasswordOf(passwordPrefix + extension)));
        }
    }

    /// <summary>An extension is text, since zeros in front count; one without them may be a number.</summary>
    internal static string ReadExtension(ref JsonCursor cursor, string field)
    {
        var extension = cursor.Token == JsonTokenType.Number
            ? cursor.Number(field, ProvisioningRules.LeastNumericExtension, int.MaxValue).ToString(CultureInfo.InvariantCulture)
            : TenantReader.ReadText(ref cursor, field, ProvisioningRules.Extension.IsMatch, ProvisioningRules.ExtensionRule).Value;
        return ProvisioningRules.RoomNumber.IsMatch(extension) ? throw cursor.Refuse($"\"{field}\" {ProvisioningRules.RoomNumberRule}") : extension;
    }

    private static string ReadName(ref JsonCursor cursor, string field) =>
        TenantReader.ReadText(ref cursor, field, ProvisioningRules.IsName, $"must be 1 to {ProvisioningRules.LongestName} characters, none of them a control character").Value;

    internal static string ReadSecret(ref JsonCursor cursor, string field) =>
        TenantReader.ReadText(ref cursor, field, ProvisioningRules.IsSecret, $"must be 1 to {ProvisioningRules.LongestSecret} characters, none of them a control character").Value;

    private static ProvisionedPassword PasswordOf(string password) => new(Passwords.Key(password), null);

    private static ProvisionedPassword ReadPasswordHash(ref JsonCursor cursor, string field)
    {
        var text = TenantReader.ReadText(ref cursor, field, static text => Passwords.TryRead(text, out _), "must be pbkdf2-sha512$iterations$salt$hash, as --hash-password prints it").Value;
        Passwords.TryRead(text, out var hash);
        return new ProvisionedPassword(default, hash);
    }

    private static ImmutableArray<string> ReadCallerIds(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartArray, "an array of numbers");
        var numbers = ImmutableArray.CreateBuilder<string>();
        while (ProvisioningReader.ReadItem(ref cursor))
        {
            var number = TenantReader.ReadText(ref cursor, "callerIds", ProvisioningRules.Number.IsMatch, ProvisioningRules.NumberRule).Value;
            if (numbers.Contains(number)) throw cursor.Refuse($"the caller ID {number} is given twice");
            if (numbers.Count == ProvisioningRules.MostCallerIds) throw cursor.Refuse($"a user has at most {ProvisioningRules.MostCallerIds} caller IDs");
            numbers.Add(number);
        }

        return numbers.ToImmutable();
    }

    private static Dictionary<string, string> ReadHashes(ref JsonCursor cursor)
    {
        cursor.Expect(JsonTokenType.StartObject, "an object with a hash for each digest algorithm");
        var hashes = new Dictionary<string, string>();
        var fields = new FieldSet();
        while (fields.Next(ref cursor, out var algorithm))
        {
            if (!DigestHashing.Algorithms.Contains(algorithm))
                throw cursor.Refuse($"there is no digest algorithm \"{algorithm}\"; there are {string.Join(" and ", DigestHashing.Algorithms)}");
            var digits = DigestHashing.SizeOf(algorithm) * 2;
            hashes[algorithm] = TenantReader.ReadText(
                ref cursor, algorithm, text => text.Length == digits && text.All(char.IsAsciiHexDigit), $"must be {digits} hexadecimal digits").Value;
        }

        return hashes;
    }
}

/// <summary>A user on the way in: with a secret, or with hashes by algorithm.</summary>
internal sealed record UserDraft(int Position, string Extension, string Name, string? Secret, Dictionary<string, string>? Hashes, ProvisionedPassword? Password)
{
    public ImmutableArray<PhoneKey> Keys { get; init; } = [];

    public ImmutableArray<string> Phones { get; init; } = [];

    public ImmutableArray<string> CallerIds { get; init; } = [];

    /// <summary>Null where the tenant says.</summary>
    public bool? HasWebphone { get; init; }

    public RecordingModes? Recording { get; init; }

    public ImmutableArray<string> Rights { get; init; } = [];

    public byte[] Hash(JsonCursor cursor, ImmutableArray<string> algorithms, string domain)
    {
        if (Secret is not null) return DigestHashing.Hash(algorithms, Extension, domain, Secret);
        if (algorithms.FirstOrDefault(algorithm => !Hashes!.ContainsKey(algorithm)) is { } missing)
            throw cursor.Refuse(Position, $"user {Extension} has no hash for {missing}, which the tenant uses");
        return [.. algorithms.SelectMany(algorithm => Convert.FromHexString(Hashes![algorithm]))];
    }
}
