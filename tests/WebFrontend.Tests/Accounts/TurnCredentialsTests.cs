using System.Security.Cryptography;
using System.Text;
using Webphone.WebFrontend.Accounts;

namespace Webphone.WebFrontend.Tests.Accounts;

public class TurnCredentialsTests
{
    [Fact]
    public void A_turn_server_gets_credentials_that_end_and_a_stun_server_none()
    {
        var options = new FrontendOptions { IceUrls = ["stun:stun.example.com", "turn:turn.example.com:3478", "turns:turn.example.com:5349"], TurnSecret = "shared" };

        var servers = new TurnCredentials(options, TimeProvider.System).For("acme/101");

        Assert.Equal(["stun:stun.example.com"], servers[0].Urls);
        Assert.Null(servers[0].Credential);
        Assert.Equal(["turn:turn.example.com:3478", "turns:turn.example.com:5349"], servers[1].Urls);
        Assert.EndsWith(":acme/101", servers[1].Username, StringComparison.Ordinal);
        var ends = DateTimeOffset.FromUnixTimeSeconds(long.Parse(servers[1].Username!.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(ends - DateTimeOffset.UtcNow, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12));
#pragma warning disable CA5350 // As coturn computes it.
        Assert.Equal(Convert.ToBase64String(HMACSHA1.HashData("shared"u8.ToArray(), Encoding.UTF8.GetBytes(servers[1].Username!))), servers[1].Credential);
#pragma warning restore CA5350
    }

    [Fact]
    public void Without_a_secret_no_turn_server_is_named() =>
        Assert.Empty(new TurnCredentials(new FrontendOptions { IceUrls = ["turn:turn.example.com"] }, TimeProvider.System).For("acme/101"));
}
