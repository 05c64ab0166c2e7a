using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 1: the browser app, used with mouse and keyboard in a real Chromium, talks to the echo, to desk phones and to other browsers.</summary>
[Trait("Shows", "1")]
public sealed class BrowserPhoneTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int Said = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "ACC-03")]
    [Trait("Feature", "ACC-05")]
    [Trait("Feature", "CON-02")]
    [Trait("Feature", "CON-05")]
    [Theory]
    [InlineData(null, "audio/opus")]
    [InlineData("audio/PCMU", "audio/PCMU")]
    public async Task It_signs_in_and_hears_itself_at_the_echo(string? onlyCodec, string codec)
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "101", onlyCodec);
        await app.DialAsync("*43");
        await app.CardAsync("connected");
        await app.HearsAsync(Said);
        Assert.Equal(codec, await app.CodecAsync());
        await app.StatusAsync("inCall");
        await app.Page.ClickAsync("article [data-stop=true]");
        await app.NoCallAsync();
        await app.StatusAsync("ready");
    }

    [Trait("Feature", "OUT-02")]
    [Trait("Feature", "OUT-06")]
    [Trait("Feature", "CTL-03")]
    [Trait("Feature", "CTL-05")]
    [Trait("Feature", "CTL-06")]
    [Fact]
    public async Task It_calls_a_desk_phone_mutes_holds_sends_digits_and_hangs_up()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "102");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("103", 440));
        await app.DialAsync("103");
        await desk.NextAsync("CALL_INCOMING");
        await app.CardAsync("ringingOut");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);

        // What has the focus is the dialler's field, which is empty: keys act on the call.
        await app.PressAsync("h");
        await Conversation.HearsMusicAsync(desk, Said);
        await app.PressAsync("h");
        await desk.HearsAsync(Said);
        await app.HearsAsync(440);

        await app.PressAsync("5");
        await desk.NextAsync("CALL_DTMF_START");

        await app.PressAsync("Escape");
        await desk.NextAsync("CALL_CLOSED");
        await app.NoCallAsync();
        await History.HasOneEntryEachAsync(Silo, "102", "103");
    }

    [Trait("Feature", "INC-01")]
    [Trait("Feature", "INC-04")]
    [Trait("Feature", "CTL-03")]
    [Trait("Feature", "HIS-01")]
    [Fact]
    public async Task It_is_called_by_a_desk_phone_which_holds_resumes_and_hangs_up()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "104");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("105", 440));
        await desk.DialAsync("104");
        await app.RingsAsync();
        await app.AnswerAsync();
        await desk.NextAsync("CALL_ESTABLISHED");
        await Conversation.TalkAsync(app, desk);
        await desk.HoldAsync();
        await app.SaysAsync("The other side holds the call");
        await app.HearsOtherThanAsync(440);
        await desk.ResumeAsync();
        await Conversation.TalkAsync(app, desk);
        await desk.HangUpAsync();
        await app.NoCallAsync();
        await History.HasOneEntryEachAsync(Silo, "105", "104");
    }

    [Trait("Feature", "INC-03")]
    [Fact]
    public async Task Two_browsers_talk_and_one_declines()
    {
        await using var first = await Chromium.StartAsync(Said, SafeLoopback);
        await using var second = await Chromium.StartAsync(600, SafeLoopback);
        await using var caller = await AppPage.SignedInAsync(first, Silo, "106");
        await using var callee = await AppPage.SignedInAsync(second, Silo, "107");
        await caller.DialAsync("107");
        await callee.RingsAsync();
        await callee.AnswerAsync();
        await caller.CardAsync("connected");
        await caller.HearsAsync(600);
        await callee.HearsAsync(Said);
        await callee.PressAsync("Escape");
        await caller.NoCallAsync();

        await callee.DialAsync("106");
        await caller.RingsAsync();
        await caller.PressAsync("Escape");
        await callee.NoCallAsync();
        await caller.NoCallAsync();
    }

    [Trait("Feature", "P11")]
    [Fact]
    public async Task A_second_tab_shows_the_call_and_takes_it_with_its_sound()
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "108");
        await app.DialAsync("*43");
        await app.CardAsync("connected");
        await app.HearsAsync(Said);
        await using var other = await AppPage.OpenAsync(browser, Silo, "108");
        await other.CardAsync("connected");
        await other.Page.ClickAsync("section[aria-label] h2 ~ button");
        await other.HearsAsync(Said);
        await app.Page.UntilAsync("peers.every((peer) => peer.connectionState === 'closed')");
        await other.PressAsync("Escape");
        await other.NoCallAsync();
        await app.NoCallAsync();
    }

    [Fact]
    public async Task Over_IPv6_as_over_IPv4()
    {
        await using var silo = await RunningSilo.StartAsync("--bind", "::1");
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await app.DialAsync("*43");
        await app.CardAsync("connected");
        await app.HearsAsync(Said);
    }
}
