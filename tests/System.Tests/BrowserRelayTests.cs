using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4: a browser behind a firewall that lets no media through talks by a real coturn, with the credentials that the server issues.</summary>
[Trait("Shows", "2")]
public sealed class BrowserRelayTests
{
    private const int Said = 1000;

    [Fact]
    public async Task A_browser_behind_a_firewall_hears_itself_through_the_relay()
    {
        await using var network = await BrowserNetwork.CreateAsync();
        await using var relay = await TurnServer.StartAsync(network);
        await using var silo = await RunningSilo.StartAsync(network, "--ice-servers", TurnServer.Url, "--turn-secret", TurnServer.Secret);
        await network.WallAsync(silo.WebRtcPort, "udp", "tcp");
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await app.DialAsync("*43");
        await app.CardAsync("connected");
        await app.HearsAsync(Said, TimeSpan.FromSeconds(40));
        Assert.Equal("relay", await app.CandidateAsync());
        Assert.Contains("office/101", relay.Log, StringComparison.Ordinal);
        await app.PressAsync("Escape");
        await app.NoCallAsync();
    }
}
