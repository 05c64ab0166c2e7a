using System.Net;
using System.Text;
using Webphone.Grains.Tenants;
using Webphone.Silo.Provisioning;

namespace Webphone.Silo.Tests.Provisioning;

[Trait("Feature", "XFR-09")]
public sealed class TrunkReaderTests
{
    private const string Whole = """
        {"name":"provider","gateways":["sip:gw.example.com;transport=tcp","sip:192.0.2.7:5080","sip:[2001:db8::7]"],"user":"acme","secret":"word","domain":"sip.example.com","callerId":"+493055501",
         "callerPrefix":"0","dial":[{"prefix":"0","strip":1,"add":"+49"},{"prefix":"+"}],"networks":["192.0.2.0/24","2001:db8::7"],
         "numbers":[{"number":"+493055501","to":"10"},{"number":"+493055502","to":"99907"},{"number":"+493055503","to":"*43"}]}
        """;

    [Fact]
    public void A_trunk_is_read_whole()
    {
        var trunk = Assert.Single(Read(Whole).Trunks);
        Assert.Equal(("provider", new TrunkCredentials("acme", "word"), "sip.example.com", "+493055501", "0"), (trunk.Name, trunk.Credentials, trunk.Domain, trunk.CallerId, trunk.CallerPrefix));
        Assert.Equal(["sip:gw.example.com;transport=tcp", "sip:192.0.2.7:5080", "sip:[2001:db8::7]"], trunk.Gateways);
        Assert.Equal([new DialRule("0", 1, "+49"), new DialRule("+", 0, "")], trunk.Dials);
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::7/128")], trunk.Networks);
        Assert.Equal([new InboundNumber("+493055501", "10"), new InboundNumber("+493055502", "99907"), new InboundNumber("+493055503", "*43")], trunk.Numbers);
        Assert.DoesNotContain("word", trunk.Credentials!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["provider"], new DirectorySnapshot([Read(Whole)], System.Collections.Frozen.FrozenSet<string>.Empty).FindTenant("a")!.Trunks.Select(known => known.Name));
    }

    [Fact]
    public void Without_any_there_is_no_outside() => Assert.Empty(Tenant("").Trunks);

    [Theory]
    [InlineData("\"name\":\"provider\",", "", "\"name\" of the trunk is missing")]
    [InlineData("\"name\":\"provider\"", "\"name\":\"Pro vider\"", "\"name\" must be")]
    [InlineData("\"sip:gw.example.com;transport=tcp\",\"sip:192.0.2.7:5080\",\"sip:[2001:db8::7]\"", "", "at least one of \"gateways\"")]
    [InlineData("sip:192.0.2.7:5080", "192.0.2.7", "must be a SIP URI")]
    [InlineData("sip:192.0.2.7:5080", "sip:acme@192.0.2.7", "must be a SIP URI")]
    [InlineData("sip:192.0.2.7:5080", "sip:192.0.2.7:99999", "must be a SIP URI")]
    [InlineData("transport=tcp", "transport=ws", "must be a SIP URI")]
    [InlineData("\"user\":\"acme\",", "", "both \"user\" and \"secret\" or neither")]
    [InlineData("\"domain\":\"sip.example.com\"", "\"domain\":\"not a name\"", "\"domain\" must be")]
    [InlineData("\"callerId\":\"+493055501\"", "\"callerId\":\"sales\"", "\"callerId\" must be a number")]
    [InlineData("\"callerPrefix\":\"0\"", "\"callerPrefix\":\"*0\"", "\"callerPrefix\" must be")]
    [InlineData("{\"prefix\":\"+\"}", "{}", "\"prefix\" of the rule")]
    [InlineData("{\"prefix\":\"+\"}", "{\"prefix\":\"x\"}", "\"prefix\" must be")]
    [InlineData("\"strip\":1", "\"strip\":-1", "\"strip\" must be a whole number")]
    [InlineData("\"add\":\"+49\"", "\"put\":\"+49\"", "no field \"put\"")]
    [InlineData("192.0.2.0/24", "gateway", "must name addresses or networks")]
    [InlineData("192.0.2.0/24", "0.0.0.0/0", "every address")]
    [InlineData("\"networks\":[\"192.0.2.0/24\",\"2001:db8::7\"],", "", "must say by \"networks\"")]
    [InlineData("\"to\":\"10\"", "\"to\":\"0441\"", "leads to \"0441\"")]
    [InlineData("\"to\":\"10\"", "\"to\":\"*76\"", "leads to \"*76\"")]
    [InlineData("\"to\":\"10\"", "\"at\":\"10\"", "no field \"at\"")]
    [InlineData("\"number\":\"+493055502\"", "\"number\":\"493055501\"", "given twice")]
    [InlineData("\"callerPrefix\":", "\"prefix\":", "no field \"prefix\"")]
    public void A_mistake_is_named(string right, string wrong, string reason)
    {
        Assert.Contains(right, Whole, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<ProvisioningException>(() => Read(Whole.Replace(right, wrong, StringComparison.Ordinal))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_of_one_name_and_one_without_a_use_are_refused()
    {
        Assert.Contains("already", Assert.Throws<ProvisioningException>(() => Read($"{Whole},{Whole}")).Reason, StringComparison.Ordinal);
        Assert.Contains("\"dial\" or \"numbers\"", Assert.Throws<ProvisioningException>(() => Read("""{"name":"a","gateways":["sip:192.0.2.7"]}""")).Reason, StringComparison.Ordinal);
    }

    private static ProvisionedTenant Read(string trunks) => Tenant($"\"trunks\":[{trunks}],");

    private static ProvisionedTenant Tenant(string more) =>
        ProvisioningReader.Read(Encoding.UTF8.GetBytes($$"""{"tenants":[{"name":"a","domain":"a.b",{{more}}"users":[{"extension":"10","secret":"s"}]}]}"""), ".").Single();
}
