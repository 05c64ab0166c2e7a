using System.Net;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Recordings of real phones and a real browser, fetched over the API: each side on its own channel, and not the reverse.</summary>
[Trait("Feature", "CTL-12")]
[Trait("Feature", "P21")]
public sealed class RecordingTests
{
    private const string Always = $$"""
        { "tenants": [ { "name": "office", "domain": "{{RunningSilo.Domain}}", "digestAlgorithms": ["MD5"],
          "recording": { "internal": "never", "notice": "none" },
          "users": [
            { "extension": "101", "secret": "demo-101", "password": "demo-101", "recording": { "internal": "always" } },
            { "extension": "102", "secret": "demo-102", "password": "demo-102" },
            { "extension": "103", "secret": "demo-103", "password": "demo-103", "rights": ["recordings"] } ] } ] }
        """;

    [Fact]
    public async Task CTL_12_star_three_on_a_phone_records_its_side_on_the_left_and_the_other_on_the_right()
    {
        await using var silo = await RunningSilo.StartAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101", 440));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        await Conversation.BeginAsync(caller, callee);
        await caller.CommandAsync("sndcode", "*3");
        await recordings.UntilAsync(bytes => bytes.Length > 3 * 64_000, "came to three seconds");
        await caller.HangUpAsync();

        var recording = await recordings.OnlyAsync();
        var (own, far) = await recordings.ListenAsync(recording);
        Assert.True(own.Share(440) > 0.7 && own.Share(800) < 0.01, $"left: {own}");
        Assert.True(far.Share(800) > 0.7 && far.Share(440) < 0.01, $"right: {far}");
        using var others = await RecordedCalls.OfAsync(silo, "102");
        using var refused = await others.GetAsync(recording);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task P21_both_sides_hear_the_announcement_of_a_recording_and_it_is_not_in_it()
    {
        const int Announced = 1500;
        using var files = new Scratch();
        var announcement = files.At("recorded.wav");
        await File.WriteAllBytesAsync(announcement, ToneFile.Make(Announced, TimeSpan.FromSeconds(8)), TestContext.Current.CancellationToken);
        await using var silo = await RunningSilo.ProvisionedAsync(Always.Replace("\"none\"", $"\"announcement\", \"announcement\": \"{announcement}\"", StringComparison.Ordinal));
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("101", 440));
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        await caller.DialAsync("101");
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await Task.WhenAll(caller.HearsAsync(Announced), callee.HearsAsync(Announced));
        await Task.WhenAll(caller.HearsAsync(440), callee.HearsAsync(800));
        await recordings.UntilAsync(bytes => bytes.Length > 3 * 64_000, "came to three seconds");
        await caller.HangUpAsync();

        var (own, far) = await recordings.ListenAsync(await recordings.OnlyAsync());
        Assert.True(own.Share(440) > 0.7 && own.Share(Announced) < 0.01, $"left: {own}");
        Assert.True(far.Share(800) > 0.7 && far.Share(Announced) < 0.01, $"right: {far}");
    }

    [Fact]
    public async Task P21_what_is_always_recorded_is_paused_by_star_three_and_holds_nothing_of_what_was_said_meanwhile()
    {
        await using var silo = await RunningSilo.ProvisionedAsync(Always);
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("101", 440));
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        await Conversation.BeginAsync(caller, callee);
        await recordings.UntilAsync(bytes => RecordedCalls.Channel(bytes, 0).Is(440) && bytes.Length > 2 * 64_000, "held two seconds of the tone");
        await callee.CommandAsync("sndcode", "*3");
        await recordings.UntilAsync(RecordedCalls.EndsInSilence, "was paused");
        var pausedFrom = recordings.OnDisk().Length / 64_000.0 - 1;
        await recordings.GrowsAsync(2);
        var pausedTo = recordings.OnDisk().Length / 64_000.0;
        await callee.HearsAsync(800);
        await callee.CommandAsync("sndcode", "*3");
        await recordings.UntilAsync(bytes => RecordedCalls.Channel(bytes, 0, Seconds(bytes) - 1).Is(440), "held a second of the tone again");
        await caller.HangUpAsync();

        var recording = await recordings.OnlyAsync();
        using var response = await recordings.GetAsync(recording);
        var wav = await response.Content.ReadAsByteArrayAsync();
        foreach (var channel in new[] { 0, 1 })
        {
            Assert.Equal(0, RecordedCalls.Channel(wav, channel, pausedFrom, pausedTo).Level);
            Assert.False(RecordedCalls.Channel(wav, channel, pausedTo).IsSilent, "after the pause there is sound again");
        }

        using var owner = await recordings.GetAsync(recording, "?download=true");
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
        using var supervisor = await RecordedCalls.OfAsync(silo, "103");
        Assert.True((await supervisor.ListenAsync(recording)).Own.Duration > TimeSpan.FromSeconds(4));

        static double Seconds(byte[] bytes) => (bytes.Length - 44) / 64_000.0;
    }

    [Fact]
    public async Task P21_after_a_power_cut_the_recording_so_far_is_in_the_history_and_can_be_played()
    {
        await using var silo = await RunningSilo.ProvisionedAsync(Always);
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101", 440));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        using (var before = await RecordedCalls.OfAsync(silo, "101"))
        {
            await Conversation.BeginAsync(caller, callee);
            await before.UntilAsync(bytes => bytes.Length > 4 * 64_000, "came to four seconds");
        }

        await silo.KillAsync();
        await silo.LaunchAsync();
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        var recording = await recordings.OnlyAsync();
        Assert.True((bool)recording["interrupted"]!);
        var (own, far) = await recordings.ListenAsync(recording);
        Assert.InRange(own.Duration.TotalSeconds, 3, 60);
        Assert.Equal(own.Duration.TotalSeconds, (double)recording["durationSeconds"]!, 0.01);
        Assert.True(own.Share(440) > 0.6 && own.Share(800) < 0.01, $"left: {own}");
        Assert.True(far.Share(800) > 0.6 && far.Share(440) < 0.01, $"right: {far}");
    }

    [Fact]
    public async Task P21_a_browser_plays_what_was_recorded_as_Opus_and_seeks_in_it_and_that_is_one_use_in_the_log()
    {
        const string Opus = $$"""
            { "tenants": [ { "name": "office", "domain": "{{RunningSilo.Domain}}", "digestAlgorithms": ["MD5"],
              "recording": { "internal": "always", "notice": "none", "format": "opus" },
              "users": [
                { "extension": "101", "secret": "demo-101", "password": "demo-101", "rights": ["recordings"] },
                { "extension": "102", "secret": "demo-102", "password": "demo-102", "recording": { "internal": "never" } } ] } ] }
            """;
        await using var silo = await RunningSilo.ProvisionedAsync(Opus);
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        await using (var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101", 440)))
        await using (var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800)))
        {
            await Conversation.BeginAsync(caller, callee);
            await recordings.PagesAsync(6);
            await caller.HangUpAsync();
            await callee.NextAsync("CALL_CLOSED");
        }

        var recording = await recordings.OnlyAsync();
        await using var browser = await Chromium.StartAsync();
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await app.Page.EvaluateAsync("{ const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () { window.played = this; return play.call(this); }; true }");
        await app.Page.ClickAsync("a[href='/webphone/history']");
        await app.Page.ClickAsync("tbody tr button");
        await app.Page.UntilAsync("document.querySelector('[role=dialog] [role=group] input[type=range]')");
        await app.Page.ClickAsync("[role=dialog] [role=group] button");
        await app.Page.UntilAsync("window.played && played.currentTime > 0.5");
        await app.Page.EvaluateAsync("played.pause(); played.currentTime = 0.1; true");
        await app.Page.UntilAsync("played.currentTime < 0.2 && document.querySelector('[role=dialog] [role=group] input[type=range]').value < 0.3");
        await app.Page.ClickAsync("[role=dialog] [role=group] button");
        await app.Page.UntilAsync("played.ended");

        // What another decoder than ours hears on each side.
        var shares = await app.Page.EvaluateAsync($$"""
            (async () => {
              const bytes = await (await fetch('/api/recordings/{{(string)recording["id"]!}}')).arrayBuffer();
              const sound = await new OfflineAudioContext(2, 48000, 48000).decodeAudioData(bytes);
              const share = (samples, hertz) => {
                let [real, imaginary, power] = [0, 0, 0];
                for (let i = 48000; i < 96000; i++) {
                  real += samples[i] * Math.cos((2 * Math.PI * hertz * i) / 48000);
                  imaginary += samples[i] * Math.sin((2 * Math.PI * hertz * i) / 48000);
                  power += samples[i] ** 2;
                }
                return (2 * (real ** 2 + imaginary ** 2)) / (48000 * power);
              };
              return [0, 1].flatMap((side) => [440, 800].map((hertz) => share(sound.getChannelData(side), hertz)));
            })()
            """);
        var heard = shares!.AsArray().Select(share => share!.GetValue<double>()).ToArray();
        Assert.True(heard[0] > 0.6 && heard[1] < 0.01 && heard[2] < 0.01 && heard[3] > 0.6, $"left {heard[0]:0.000} and {heard[1]:0.000}, right {heard[2]:0.000} and {heard[3]:0.000}");
        Assert.Equal("listen", (string?)Assert.Single(await recordings.UsesAsync())!["use"]);
    }

    [Fact]
    public async Task CTL_12_the_apps_button_records_a_call_with_a_phone_and_the_history_plays_it()
    {
        await using var silo = await RunningSilo.StartAsync();
        await using var browser = await Chromium.StartAsync(1000, "--allow-loopback-in-peer-connection");
        await using var app = await AppPage.SignedInAsync(browser, silo, "101");
        await using var desk = await BaresipPhone.RegisteredAsync(silo.Phone("102", 440));
        using var recordings = await RecordedCalls.OfAsync(silo, "101");
        await app.DialAsync("102");
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440);
        await desk.HearsAsync(1000);
        await app.PressAsync("r");
        await app.Page.UntilAsync("document.querySelector('article [data-phase=on]')");
        await recordings.UntilAsync(bytes => bytes.Length > 3 * 64_000, "came to three seconds");
        await app.Page.ClickAsync("article [aria-keyshortcuts=R]");
        await app.Page.UntilAsync("document.querySelector('article') && !document.querySelector('article [data-phase]')");
        await desk.HangUpAsync();
        await app.NoCallAsync();

        var (own, far) = await recordings.ListenAsync(await recordings.OnlyAsync());
        Assert.True(own.Share(1000) > 0.6 && own.Share(440) < 0.05, $"left: {own}");
        Assert.True(far.Share(440) > 0.6 && far.Share(1000) < 0.05, $"right: {far}");
    }
}
