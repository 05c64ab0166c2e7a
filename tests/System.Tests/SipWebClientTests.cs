using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 3: other makers' web phones register on /sip and talk by WebRTC with desk phones, in a real browser with a tone for a microphone.</summary>
[Trait("Shows", "3")]
public sealed class SipWebClientTests(SiloFixture fixture, WebClients clients) : IClassFixture<SiloFixture>, IClassFixture<WebClients>
{
    private const int Said = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Theory]
    [InlineData("jssip", "opus")]
    [InlineData("jssip", "pcmu")]
    [InlineData("sipjs", "opus")]
    [InlineData("sipjs", "pcmu")]
    public async Task It_calls_a_desk_phone_holds_sends_digits_and_hangs_up(string kind, string codec)
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var web = await WebPhone.RegisteredAsync(browser, clients, kind, Silo, "101");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 440));
        if (codec == "pcmu")
            await web.DoAsync("codecs", (object)new[] { "audio/PCMU" });
        await web.DoAsync("call", "102");
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await web.NextAsync("confirmed");
        await web.HearsAsync(440);
        await desk.HearsAsync(Said);
        var media = (await web.DoAsync("media"))!;
        Assert.Equal($"audio/{codec}", (string?)media["codec"], ignoreCase: true);
        Assert.Equal("connected", (string?)media["dtls"]);

        await web.DoAsync("hold");
        await web.NextAsync("hold:local");
        await Conversation.HearsMusicAsync(desk, Said);
        await web.DoAsync("resume");
        await web.NextAsync("unhold:local");
        await web.HearsAsync(440);
        await desk.HearsAsync(Said);

        await web.DoAsync("digit", "5");
        await desk.NextAsync("CALL_DTMF_START");

        await web.DoAsync("hangUp");
        await desk.NextAsync("CALL_CLOSED");
        await History.HasOneEntryEachAsync(Silo, "101", "102");
    }

    [Theory]
    [InlineData("jssip")]
    [InlineData("sipjs")]
    public async Task It_is_called_and_the_caller_hangs_up(string kind)
    {
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var web = await WebPhone.RegisteredAsync(browser, clients, kind, Silo, "103");
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("104", 440));
        await desk.DialAsync("103");
        await web.NextAsync("incoming");
        await web.DoAsync("answer");
        await desk.NextAsync("CALL_ESTABLISHED");
        await web.HearsAsync(440);
        await desk.HearsAsync(Said);
        await desk.HangUpAsync();
        await web.NextAsync("ended:remote");
        await History.HasOneEntryEachAsync(Silo, "104", "103");
    }

    [Fact]
    public async Task Two_web_phones_of_two_makers_talk()
    {
        await using var first = await Chromium.StartAsync(Said, SafeLoopback);
        await using var second = await Chromium.StartAsync(600, SafeLoopback);
        await using var caller = await WebPhone.RegisteredAsync(first, clients, "jssip", Silo, "105");
        await using var callee = await WebPhone.RegisteredAsync(second, clients, "sipjs", Silo, "106");
        await caller.DoAsync("call", "106");
        await callee.NextAsync("incoming");
        await callee.DoAsync("answer");
        await caller.NextAsync("confirmed");
        await caller.HearsAsync(600);
        await callee.HearsAsync(Said);
        await caller.DoAsync("hangUp");
        await callee.NextAsync("ended:remote");
    }

    [Fact]
    public async Task A_browser_without_special_flags_reaches_a_server_on_loopback()
    {
        await using var browser = await Chromium.StartAsync(Said);
        await using var web = await WebPhone.RegisteredAsync(browser, clients, "jssip", Silo, "107");
        await web.DoAsync("call", "*43");
        await web.NextAsync("confirmed");
        await web.HearsAsync(Said);
        await web.DoAsync("hangUp");
        await web.NextAsync("ended:local");
    }

    [Fact]
    public async Task Over_IPv6_as_over_IPv4()
    {
        await using var silo = await RunningSilo.StartAsync("--bind", "::1");
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var web = await WebPhone.RegisteredAsync(browser, clients, "jssip", silo, "101");
        await web.DoAsync("call", "*43");
        await web.NextAsync("confirmed");
        await web.HearsAsync(Said);
        await web.DoAsync("hangUp");
    }
}
