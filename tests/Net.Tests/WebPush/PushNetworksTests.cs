using System.Net;
using Webphone.Net.WebPush;

namespace Webphone.Net.Tests.WebPush;

public class PushNetworksTests
{
    private static readonly PushNetworks Public = new([]);
    private static readonly PushNetworks WithLab = new([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fd00:1::/64")]);

    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/abc:def")]
    [InlineData("https://updates.push.services.mozilla.com/wpush/v2/gAAA")]
    [InlineData("https://web.push.apple.com/QABC")]
    [InlineData("https://8.8.8.8/push")]
    [InlineData("https://[2606:4700::1111]/push")]
    public void Endpoints_of_push_services_are_taken(string endpoint)
    {
        Assert.True(Public.TryRead(endpoint, out var uri));
        Assert.Equal(endpoint, uri!.OriginalString);
    }

    [Theory]
    [InlineData("")]
    [InlineData("push")]
    [InlineData("/push")]
    [InlineData("http://fcm.googleapis.com/fcm/send/abc")]
    [InlineData("ftp://fcm.googleapis.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:pass@fcm.googleapis.com/")]
    [InlineData("https://fcm.googleapis.com/#fragment")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00:1::1]/")]
    public void Everything_else_is_refused(string endpoint) => Assert.False(Public.TryRead(endpoint, out _));

    [Fact]
    public void An_endpoint_has_a_longest_length()
    {
        var start = "https://push.example/";

        Assert.True(Public.TryRead(start + new string('a', PushNetworks.LongestEndpoint - start.Length), out _));
        Assert.False(Public.TryRead(start + new string('a', PushNetworks.LongestEndpoint - start.Length + 1), out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8443/push", true)]
    [InlineData("https://127.0.0.1:8443/push", true)]
    [InlineData("http://[fd00:1::5]/push", true)]
    [InlineData("http://10.0.0.1/push", false)]
    [InlineData("http://8.8.8.8/push", false)]
    [InlineData("http://localhost/push", false)]
    public void A_network_that_is_named_may_be_pushed_to_even_without_tls(string endpoint, bool taken) => Assert.Equal(taken, WithLab.TryRead(endpoint, out _));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2a00:1450:4001::200e", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("100.100.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00::1", false)]
    [InlineData("ff02::1", false)]
    public void A_name_may_lead_to_public_addresses_only(string address, bool allowed) => Assert.Equal(allowed, Public.Allows(IPAddress.Parse(address)));
}
