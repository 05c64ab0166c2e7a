using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Silo.Provisioning;

namespace Webphone.Silo.Tests.Provisioning;

public sealed class ProvisioningReaderTests
{
    private const string Good = """
        {
          "$schema": "provisioning.schema.json",
          "tenants": [
            {
              "users": [
                { "extension": "101", "name": "Ann", "secret": "one" },
                { "extension": "0102", "hashes": { "MD5": "0123456789abcdef0123456789ABCDEF" } }
              ],
              "userRanges": [ { "first": "0998", "count": 3, "secretPrefix": "p-", "name": "Phone {extension}" } ],
              "digestAlgorithms": ["MD5"],
              "ringTime": 20,
              "name": "acme",
              "domain": "Acme.Example"
            }
          ]
        }
        """;

    [Fact]
    public void A_good_file_is_read_whole()
    {
        var tenant = Assert.Single(Read(Good));
        Assert.Equal(("acme", "acme.example", TimeSpan.FromSeconds(20)), (tenant.Name, tenant.Domain, tenant.RingTime));
        Assert.Equal(["101", "0102", "0998", "0999", "1000"], tenant.Users.Select(user => user.Extension));
        Assert.Equal(["Ann", "0102", "Phone 0998", "Phone 0999", "Phone 1000"], tenant.Users.Select(user => user.Name));
        Assert.Equal(MD5.HashData("101:acme.example:one"u8), tenant.Users[0].Hashes.ToArray());
        Assert.Equal(MD5.HashData("1000:acme.example:p-1000"u8), tenant.Users[4].Hashes.ToArray());
    }

    [Fact]
    public void Both_algorithms_are_hashed_when_none_are_named()
    {
        var tenant = Assert.Single(Read("""{"tenants":[{"name":"a","domain":"a.b","users":[{"extension":"10","secret":"s"}]}]}"""));
        Assert.Equal(["SHA-256", "MD5"], tenant.DigestAlgorithms);
        Assert.Equal([.. SHA256.HashData("10:a.b:s"u8), .. MD5.HashData("10:a.b:s"u8)], tenant.Users[0].Hashes.ToArray());
    }

    [Fact]
    public void P21_what_is_recorded_of_whom_is_read()
    {
        var tenant = Assert.Single(Read("""
            {"tenants":[{"name":"a","domain":"a.b",
              "recording":{"internal":"never","inbound":"always","pause":false,"notice":"announcement","showPeer":false,"format":"opus","download":false,"delete":true,"keepDays":90},
              "users":[{"extension":"10","secret":"s","recording":{"outbound":"always"},"rights":["recordings"]},{"extension":"11","secret":"s"}]}]}
            """));
        Assert.Equal(
            new RecordingPolicy
            {
                Modes = new RecordingModes(RecordingWhen.Never, RecordingWhen.Always, RecordingWhen.OnDemand),
                MayPause = false,
                Notice = RecordingNotice.Announcement,
                ShowsPeer = false,
                Kind = RecordingFileKind.Opus,
                MayDownload = false,
                MayDelete = true,
                KeepFor = TimeSpan.FromDays(90),
            },
            tenant.Recording);
        Assert.Equal(new RecordingModes(RecordingWhen.OnDemand, RecordingWhen.OnDemand, RecordingWhen.Always), tenant.Users[0].Recording);
        Assert.Equal(["recordings"], tenant.Users[0].Rights);
        Assert.Null(tenant.Users[1].Recording);
    }

    /// <summary>The field to change in a small good file, what it becomes, and what must be said about it.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "\"ringTime\": 20", "\"recording\": { \"internal\": \"sometimes\" }", "must be one of never, onDemand, always" },
        { "\"ringTime\": 20", "\"recording\": { \"pause\": 1 }", "must be true or false" },
        { "\"ringTime\": 20", "\"recording\": { \"keepDays\": 0 }", "from 1 to 36500" },
        { "\"ringTime\": 20", "\"recording\": { \"announcement\": \"none.wav\" }", "there is no file" },
        { "\"secret\": \"one\"", "\"secret\": \"one\", \"rights\": [\"everything\"]", "there is no right" },
        { "\"secret\": \"one\"", "\"secret\": \"one\", \"recording\": { \"pause\": true }", "recording of a user has no field" },
        { "\"tenants\"", "\"tenant\"", "no field \"tenant\"" },
        { "\"ringTime\": 20", "\"ringTime\": 0", "from 1 to 600" },
        { "\"ringTime\": 20", "\"ringTime\": 2.5", "from 1 to 600" },
        { "\"ringTime\": 20", "\"ringTime\": \"20\"", "must be a number (\"ringTime\"), is a text" },
        { "\"ringTime\": 20", "\"ringtime\": 20", "no field \"ringtime\"" },
        { "\"name\": \"acme\"", "\"name\": \"Acme/1\"", "lower-case letters" },
        { "\"name\": \"acme\",", "", "\"name\" of the tenant is missing" },
        { "\"Acme.Example\"", "\"10.0.0.1\"", "must be a domain name" },
        { "\"Acme.Example\"", "null", "is null" },
        { "[\"MD5\"]", "[\"SHA-1\"]", "no digest algorithm \"SHA-1\"" },
        { "[\"MD5\"]", "[\"MD5\", \"MD5\"]", "given twice" },
        { "[\"MD5\"]", "[]", "at least one" },
        { "[\"MD5\"]", "[\"SHA-256\"]", "has no hash for SHA-256" },
        { "\"extension\": \"101\"", "\"extension\": 5", "from 10 to" },
        { "\"extension\": \"101\"", "\"extension\": \"1a\"", "2 to 10 digits" },
        { "\"extension\": \"101\"", "\"extension\": \"99901\"", "rooms" },
        { "\"extension\": \"101\"", "\"extension\": \"0102\"", "0102 is given twice" },
        { "\"extension\": \"101\"", "\"extension\": \"0999\"", "0999 is given twice" },
        { ", \"secret\": \"one\"", "", "either \"secret\" or \"hashes\"" },
        { "\"secret\": \"one\"", "\"secret\": \"\"", "1 to 128 characters" },
        { "\"secret\": \"one\"", "\"secret\": \"one\", \"secret\": \"two\"", "given twice" },
        { "\"count\": 3", "\"count\": 9999", "runs out of 4 digits" },
        { "\"count\": 3, ", "", "\"count\" of the user range is missing" },
        { "\"0123456789abcdef0123456789ABCDEF\"", "\"0123\"", "32 hexadecimal digits" },
        { "\"ringTime\": 20", "\"holdMusic\": \"nowhere.wav\"", "no file \"nowhere.wav\"" },
        { "\"ringTime\": 20,", "\"ringTime\": 20,,", "not JSON" },
        { "\"ringTime\": 20", "// no comments\n\"ringTime\": 20", "not JSON" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_refused_at_its_place(string from, string to, string reason)
    {
        var refusal = Assert.Throws<ProvisioningException>(() => Read(Good.Replace(from, to)));
        Assert.Contains(reason, refusal.Message);
        Assert.StartsWith($"line {refusal.Line}, column ", refusal.Message);
    }

    [Fact]
    public void Line_and_column_point_at_the_value()
    {
        var refusal = Assert.Throws<ProvisioningException>(() => Read("{\n  \"tenants\": [\n    { \"name\": 5 } ] }"));
        Assert.Equal((3, 15), (refusal.Line, refusal.Column));
    }

    [Fact]
    public void Two_tenants_never_share_a_name_or_a_domain()
    {
        const string Two = """{"tenants":[{"name":"a","domain":"a.b"},{"name":"NAME","domain":"DOMAIN"}]}""";
        Assert.Contains("tenant \"a\" already", Assert.Throws<ProvisioningException>(() => Read(Two.Replace("NAME", "a").Replace("DOMAIN", "c.d"))).Reason);
        Assert.Contains("domain \"A.B\" already", Assert.Throws<ProvisioningException>(() => Read(Two.Replace("NAME", "b").Replace("DOMAIN", "A.B"))).Reason);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_and_never_throws_anything_else()
    {
        var bytes = Encoding.UTF8.GetBytes(Good.TrimEnd());
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<ProvisioningException>(() => ProvisioningReader.Read(bytes.AsSpan(0, length), "."));
    }

    [Fact]
    public void The_published_schema_names_the_same_fields_and_bounds()
    {
        using var schema = JsonDocument.Parse(Webphone.Silo.Hosting.WebphoneProgram.ReadSchema());
        var parts = schema.RootElement.GetProperty("$defs");
        string[] Fields(string part) => [.. parts.GetProperty(part).GetProperty("properties").EnumerateObject().Select(field => field.Name)];
        Assert.Equal(["name", "domain", "digestAlgorithms", "holdMusic", "ringTime", "parkSlots", "holdEscalation", "parkTime", "pickupGroups", "webphone", "signOutAfter", "recording", "phones", "trunks", "users", "userRanges"], Fields("tenant"));
        Assert.Equal(["name", "gateways", "user", "secret", "domain", "callerId", "callerPrefix", "dial", "networks", "numbers"], Fields("trunk"));
        Assert.Equal(["extension", "name", "secret", "hashes", "password", "webphone", "callerIds", "passwordHash", "recording", "rights", "keys", "phones"], Fields("user"));
        Assert.Equal(["server", "port", "transport", "ntp", "timeZone", "voicemail"], Fields("phones"));
        Assert.Equal(["type", "number", "label"], Fields("key"));
        Assert.Equal(["first", "count", "secretPrefix", "passwordPrefix", "name"], Fields("userRange"));
        var ringTime = parts.GetProperty("tenant").GetProperty("properties").GetProperty("ringTime");
        Assert.Equal(ProvisioningRules.LongestRingSeconds, ringTime.GetProperty("maximum").GetInt32());
        Assert.Equal(ProvisioningRules.DefaultRingSeconds, ringTime.GetProperty("default").GetInt32());
        Assert.Equal(ProvisioningRules.LongestSecret, parts.GetProperty("secret").GetProperty("maxLength").GetInt32());
        Assert.Equal(ProvisioningRules.MostUsers, parts.GetProperty("userRange").GetProperty("properties").GetProperty("count").GetProperty("maximum").GetInt32());
        Assert.All(new[] { "tenant", "user", "userRange", "phones", "trunk", "key" }, part => Assert.False(parts.GetProperty(part).GetProperty("additionalProperties").GetBoolean()));
    }

    [Fact]
    public void Ten_thousand_users_are_read_and_kept_small()
    {
        var tenants = Read("""{"tenants":[{"name":"a","domain":"a.b","userRanges":[{"first":"10000","count":10000,"secretPrefix":"p"}]}]}""");
        // What this thread allocates bounds what is kept, and is the same whatever other tests do meanwhile.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var snapshot = new DirectorySnapshot(tenants, System.Collections.Frozen.FrozenSet<string>.Empty);
        var perUser = (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000;
        Assert.InRange(perUser, 0, 550);
        Assert.Equal("15000", snapshot.FindUser("a", "15000")!.Extension);
        Assert.Null(snapshot.FindUser("a", "20000"));
        Assert.Equal(["10000", "10001"], snapshot.ListUsers("a", 0, 2).Select(user => user.Extension));
        Assert.Equal("a", snapshot.FindTenantByHost("A.B")!.Name);
        Assert.Equal("a", snapshot.FindTenantByHost("192.0.2.1")!.Name);
        Assert.Null(snapshot.FindTenantByHost("other.example"));
    }

    [Fact]
    public void Who_may_call_from_the_browser_is_said_by_the_user_or_else_by_the_tenant()
    {
        string File(string tenant, string user) => $$"""{"tenants":[{"name":"a","domain":"a.b"{{tenant}},"users":[{"extension":"10","secret":"s"{{user}}}]}]}""";
        bool May(string tenant, string user) => Read(File(tenant, user)).Single().Users.Single().HasWebphone;

        Assert.True(May("", ""));
        Assert.False(May(""","webphone":false""", ""));
        Assert.True(May(""","webphone":false""", ""","webphone":true"""));
        Assert.False(May("", ""","webphone":false"""));
        Assert.Contains("must be true or false", Assert.Throws<ProvisioningException>(() => May("", ""","webphone":1""")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_that_nobody_uses_sign_out_where_the_tenant_says_so()
    {
        TimeSpan? After(string tenant) => Read($$"""{"tenants":[{"name":"a","domain":"a.b"{{tenant}}}]}""").Single().SignOutAfter;

        Assert.Null(After(""));
        Assert.Equal(TimeSpan.FromMinutes(30), After(""","signOutAfter":30"""));
        Assert.Contains("from 5 to 20160", Assert.Throws<ProvisioningException>(() => After(""","signOutAfter":4""")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_has_numbers_to_show_as_they_are_written()
    {
        var users = Read(WithCallerIds("[\"+493055501\", \"0305550\"]")).Single().Users;

        Assert.Equal(["+493055501", "0305550"], users.Single().CallerIds);
    }

    [Theory]
    [InlineData("\"+493055501\"", "an array of numbers")]
    [InlineData("[\"sales\"]", "must be a number")]
    [InlineData("[\"1\"]", "must be a number")]
    [InlineData("[\"+493055501\", \"+493055501\"]", "given twice")]
    public void A_number_to_show_that_is_none_is_refused(string callerIds, string reason) =>
        Assert.Contains(reason, Assert.Throws<ProvisioningException>(() => Read(WithCallerIds(callerIds))).Reason, StringComparison.Ordinal);

    private static string WithCallerIds(string callerIds) =>
        $$$"""{"tenants":[{"name":"a","domain":"a.b","users":[{"extension":"10","secret":"s","callerIds":{{{callerIds}}}}]}]}""";

    private static System.Collections.Immutable.ImmutableArray<ProvisionedTenant> Read(string json) => ProvisioningReader.Read(Encoding.UTF8.GetBytes(json), ".");
}
