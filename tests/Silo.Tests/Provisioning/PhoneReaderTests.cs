using System.Text;
using Webphone.Grains.Phones;
using Webphone.Silo.Provisioning;

namespace Webphone.Silo.Tests.Provisioning;

public sealed class PhoneReaderTests
{
    private const string Good = """
        {"tenants":[{"name":"a","domain":"a.b",
          "phones":{"server":"pbx.a.b","port":5071,"transport":"tls","ntp":"ntp.a.b","timeZone":"Europe/Berlin","voicemail":"*98"},
          "users":[{"extension":"101","secret":"s",
            "phones":["00:15:65:12:34:AB","0004F2-123456"],
            "keys":[{"type":"blf","number":"102","label":"Ann"},{"type":"conference"},{"type":"dnd","label":"Quiet"},{"type":"park","number":"701"},{"type":"speed","number":"+4930123"}]}]}]}
        """;

    [Trait("Feature", "SID-02")]
    [Fact]
    public void Phones_keys_and_settings_are_read()
    {
        var tenant = Assert.Single(Read(Good));
        Assert.Equal(new PhoneSettings("pbx.a.b", 5071, "tls", "ntp.a.b", "Europe/Berlin", "*98"), tenant.Phones);
        var user = Assert.Single(tenant.Users);
        Assert.Equal([new ProvisionedPhone("0015651234ab", "s"), new ProvisionedPhone("0004f2123456", "s")], user.Phones);
        Assert.Equal(
            [
                new PhoneKey(PhoneKeyType.Blf, "102", "Ann"), new PhoneKey(PhoneKeyType.Conference, "*38", "*38"), new PhoneKey(PhoneKeyType.DoNotDisturb, "*76", "Quiet"),
                new PhoneKey(PhoneKeyType.Park, "701", "701"), new PhoneKey(PhoneKeyType.SpeedDial, "+4930123", "+4930123"),
            ],
            user.Keys);
        var directory = new DirectorySnapshot([tenant], System.Collections.Frozen.FrozenSet<string>.Empty);
        Assert.Equal(("a", "101", "s"), (directory.FindPhone("0015651234ab")!.Tenant, directory.FindPhone("0015651234ab")!.Extension, directory.FindPhone("0015651234ab")!.Secret));
        Assert.DoesNotContain("Secret", directory.FindPhone("0015651234ab")!.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, directory.ListPhones("a").Length);
        Assert.Equal(user.Keys, directory.FindUser("a", "101")!.Keys);
    }

    [Theory]
    [InlineData("00:15:65:12:34:AB", "00:15:65:12:34", "hardware addresses")]
    [InlineData("0004F2-123456", "00-15-65-12-34-ab", "the phone 0015651234ab is given twice")]
    [InlineData("\"secret\":\"s\"", "\"hashes\":{\"MD5\":\"0123456789abcdef0123456789ABCDEF\",\"SHA-256\":\"0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789ABCDEF\"}", "needs \"secret\"")]
    [InlineData("\"type\":\"blf\"", "\"type\":\"lamp\"", "must be blf, park, conference, dnd or speed")]
    [InlineData("\"number\":\"102\"", "\"number\":\"a;b\"", "digits")]
    [InlineData("\"number\":\"102\",", "", "\"number\" of the key is missing")]
    [InlineData("\"type\":\"blf\",", "", "\"type\" of the key is missing")]
    [InlineData("\"label\":\"Ann\"", "\"label\":\"a\\nb\"", "control character")]
    [InlineData("\"label\":\"Ann\"", "\"color\":\"red\"", "a key has no field \"color\"")]
    [InlineData("\"transport\":\"tls\"", "\"transport\":\"sctp\"", "udp, tcp or tls")]
    [InlineData("\"timeZone\":\"Europe/Berlin\"", "\"timeZone\":\"Mars/Base\"", "time zone")]
    [InlineData("\"server\":\"pbx.a.b\"", "\"server\":\"pbx.a.b/../x\"", "host name")]
    [InlineData("\"voicemail\":\"*98\"", "\"mailbox\":\"*98\"", "phones have no field \"mailbox\"")]
    public void A_mistake_is_refused_with_its_reason(string good, string bad, string reason)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<ProvisioningException>(() => Read(Good.Replace(good, bad, StringComparison.Ordinal))).Reason, StringComparison.Ordinal);
    }

    private static System.Collections.Immutable.ImmutableArray<ProvisionedTenant> Read(string json) => ProvisioningReader.Read(Encoding.UTF8.GetBytes(json), ".");
}
