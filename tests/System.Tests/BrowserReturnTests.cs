using System.Diagnostics;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 2: a browser that reloads, loses its connection or dies loses no call; and what does not come back is tidied up.</summary>
[Trait("Shows", "2")]
public sealed class BrowserReturnTests(BrowserReturnTests.Fixture fixture) : IClassFixture<BrowserReturnTests.Fixture>
{
    private const int Said = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    /// <summary>Sound is back within this time of the page's load.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(2);

    /// <summary>On a machine that does everything at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "N1")]
    [Fact]
    public async Task A_reload_in_mid_call_brings_the_sound_back_both_ways_and_the_far_side_never_drops()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "101");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 440));
        await TalkAsync(app, desk);

        await app.Page.ReloadAsync();
        var loaded = Stopwatch.StartNew();
        await app.HearsAsync(440, Patience);
        var heard = loaded.Elapsed;
        await desk.HearsAsync(Said);
        TestContext.Current.TestOutputHelper?.WriteLine($"sound back {heard.TotalMilliseconds:0} ms after the load");
        Assert.True(heard < Back || Environment.ProcessorCount < 4, $"sound came back {heard.TotalMilliseconds:0} ms after the load");
        await app.CardAsync("connected");
        Assert.False(desk.HasUnread("CALL_CLOSED"));

        await desk.HangUpAsync();
        await app.NoCallAsync();
        await History.HasOneEntryEachAsync(Silo, "101", "102");
    }

    /// <summary>Nothing happens for longer than either side would take silence for a dead connection.</summary>
    [Fact]
    public async Task A_page_that_is_left_alone_keeps_its_connection()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "101");
        var connections = await app.ConnectionsAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(5 * HubLimits.HeartbeatMs));
        Assert.Equal(connections, await app.ConnectionsAsync());
    }

    [Fact]
    public async Task A_held_call_is_held_after_a_reload_and_can_be_resumed()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "103");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("104", 440));
        await TalkAsync(app, desk);
        await app.PressAsync("h");
        await Conversation.HearsMusicAsync(desk, Said);

        await app.Page.ReloadAsync();
        await app.Page.UntilAsync("document.querySelector('article[data-state=connected][data-held=true]')", Patience);
        await Conversation.HearsMusicAsync(desk, Said);
        await app.PressAsync("h");
        await desk.HearsAsync(Said, Patience);
        await app.HearsAsync(440);
        Assert.False(desk.HasUnread("CALL_CLOSED"));
    }

    [Trait("Feature", "N1")]
    [Fact]
    public async Task A_reload_while_it_rings_rings_on_and_can_be_answered()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "105");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("106", 440));
        await desk.DialAsync("105");
        await app.RingsAsync();
        await app.Page.ReloadAsync();
        await app.RingsAsync();
        await app.AnswerAsync();
        await desk.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);
    }

    [Fact]
    public async Task A_reload_while_the_far_side_rings_is_answered_all_the_same()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "106");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("105", 440));
        await app.DialAsync("105");
        await desk.NextAsync("CALL_INCOMING");
        await app.CardAsync("ringingOut");
        await app.Page.ReloadAsync();
        await app.CardAsync("ringingOut");
        Assert.False(desk.HasUnread("CALL_CLOSED"));
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440, Patience);
        await desk.HearsAsync(Said, Patience);
        await desk.HangUpAsync();
        await app.NoCallAsync();
        await History.HasOneEntryEachAsync(Silo, "106", "105");
    }

    [Trait("Feature", "Failure-12")]
    [Trait("Feature", "N14")]
    [Trait("Feature", "N16")]
    [Fact]
    public async Task Ten_seconds_without_the_server_lose_neither_the_call_nor_its_end()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "107");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("108", 440));
        await TalkAsync(app, desk);
        await app.Page.SetOfflineAsync(true);
        await app.StatusAsync("disconnected", TimeSpan.FromSeconds(40));
        await app.Page.SetOfflineAsync(false);
        await app.StatusAsync("inCall", TimeSpan.FromSeconds(40));
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);
        Assert.False(desk.HasUnread("CALL_CLOSED"));

        // A hang-up that cannot be sent is sent when it can.
        await app.Page.SetOfflineAsync(true);
        await app.StatusAsync("disconnected", TimeSpan.FromSeconds(40));
        await app.PressAsync("Escape");
        await app.CardAsync("ending");
        await app.Page.SetOfflineAsync(false);
        await desk.NextAsync(TimeSpan.FromSeconds(40), "CALL_CLOSED");
        await app.NoCallAsync();
    }

    [Trait("Feature", "Failure-12")]
    [Fact]
    public async Task A_browser_that_dies_and_does_not_come_back_ends_its_call_in_time()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        // Nobody is left to sign it out.
        var app = await AppPage.SignedInAsync(browser, Silo, "109");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("110", 440));
        await TalkAsync(app, desk);
        browser.Kill();
        // It hears that it waits before it is told.
        await Conversation.HearsMusicAsync(desk, Said);
        Assert.False(desk.HasUnread("CALL_CLOSED"));
        await desk.NextAsync(TimeSpan.FromSeconds(60), "CALL_CLOSED");
        foreach (var extension in (string[])["109", "110"])
        {
            var entry = await History.NewestAsync(Silo, extension);
            Assert.Equal("PartyLost", (string?)entry["end"], ignoreCase: true);
            Assert.Single(await History.OfAsync(Silo, extension));
        }
    }

    private static async Task TalkAsync(AppPage app, BaresipPhone desk)
    {
        await app.DialAsync(desk.Extension);
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);
    }

    /// <summary>Waits long enough for every return and not for half a minute.</summary>
    public sealed class Fixture : SiloFixture
    {
        protected override string[] Arguments => ["--reconnect-time", "20"];
    }
}
