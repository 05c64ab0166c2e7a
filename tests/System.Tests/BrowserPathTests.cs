using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>A network that lets no sound through: said in words, told to the far side, written in the history; and found by the check beforehand (N5).</summary>
public sealed class BrowserPathTests
{
    private const int Said = 1000;
    private const int Answered = 440;
    private const string Blocked = "document.querySelector('article [data-blocked]')";

    /// <summary>On a machine that does everything at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Sound_that_never_gets_through_is_said_heard_as_music_and_written_as_the_reason()
    {
        Needs.Baresip();
        await using var network = await BrowserNetwork.CreateAsync();
        await using var silo = await RunningSilo.StartAsync(network, "--reconnect-time", "15");
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        await using var desk = await BaresipPhone.RegisteredAsync(silo.Phone("102", Answered));
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await network.WallAsync(silo.WebRtcPort, "udp", "tcp");

        await app.DialAsync("102");
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.Page.UntilAsync(Blocked, Patience);
        await Conversation.HearsMusicAsync(desk, Said);

        await desk.NextAsync(Patience, "CALL_CLOSED");
        await app.NoCallAsync();
        foreach (var extension in (string[])["101", "102"])
        {
            Assert.Equal("NoMediaPath", (string?)(await History.NewestAsync(silo, extension))["end"], ignoreCase: true);
            Assert.Single(await History.OfAsync(silo, extension));
        }
    }

    [Fact]
    public async Task A_wall_that_opens_in_time_lets_the_call_be_heard()
    {
        await using var network = await BrowserNetwork.CreateAsync();
        await using var silo = await RunningSilo.StartAsync(network);
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await network.WallAsync(silo.WebRtcPort, "udp", "tcp");
        await app.DialAsync("*43");
        await app.Page.UntilAsync(Blocked, Patience);
        await network.OpenWallAsync();
        await app.HearsAsync(Said, Patience);
        await app.Page.UntilAsync($"!{Blocked}", Patience);
        await app.CardAsync("connected");
    }

    [Theory]
    [Trait("Feature", "N5")]
    [InlineData("", "open", "open")]
    [InlineData("udp", "blocked", "open")]
    [InlineData("udp tcp", "blocked", "blocked")]
    public async Task The_check_tries_every_way_with_the_server(string walled, string udp, string tcp)
    {
        await using var network = await BrowserNetwork.CreateAsync();
        await using var relay = await TurnServer.StartAsync(network);
        await using var silo = await RunningSilo.StartAsync(network, "--ice-servers", TurnServer.Url, "--turn-secret", TurnServer.Secret);
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await network.WallAsync(silo.WebRtcPort, walled.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        await app.Page.ClickAsync("a[href='/webphone/settings']");
        await app.Page.UntilAsync("document.querySelector('main button:has(.lucide-activity)')", Patience);
        await app.Page.ClickAsync("main button:has(.lucide-activity)");
        await app.Page.UntilAsync("document.querySelector('[data-check=notifications]:not([data-result=waiting], [data-result=running])')", Patience);

        Assert.Equal($"udp {udp}, tcp {tcp}, relay open", (string?)await app.Page.EvaluateAsync("[...document.querySelectorAll('[data-way]')].map((way) => `${way.dataset.way} ${way.dataset.kind}`).join(', ')"));
        Assert.Contains(" ms", (string?)await app.Page.EvaluateAsync("document.querySelector('[data-kind=open]').innerText"), StringComparison.Ordinal);
        var verdict = (string?)await app.Page.EvaluateAsync("document.querySelector('[data-check=path]').dataset.result");
        // How well it goes is the machine's business here.
        Assert.True(verdict == "warning" || (verdict == "good" && udp == "open"), verdict);
        Assert.Equal("good", (string?)await app.Page.EvaluateAsync("document.querySelector('[data-check=microphone]').dataset.result"));
        Assert.Empty(await History.OfAsync(silo, "101"));
    }
}
