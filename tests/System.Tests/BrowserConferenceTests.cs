using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// Conferences by the browser app with desk phones beside it: somebody is called in without being asked first. A has called B, who is the browser; C is the
/// third. Everyone has a tone of their own.
/// </summary>
[Trait("Shows", "1")]
public sealed class BrowserConferenceTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int A = 440;
    private const int B = 1000;
    private const int C = 660;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "CTL-08")]
    [Trait("Feature", "CNF-15")]
    [Fact]
    public async Task The_browser_calls_a_third_into_a_call_of_two_and_each_hears_the_other_two()
    {
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "102");
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101", A));
        await using var third = await BaresipPhone.RegisteredAsync(Silo.Phone("103", C));
        await TalkAsync(caller, app);

        await app.AddCallAsync("103");
        await third.NextAsync("CALL_INCOMING");
        await app.SaysAsync("Ringing");
        // The two talk on meanwhile.
        await caller.HearsAsync(B);
        await third.AnswerAsync();
        await third.NextAsync("CALL_ESTABLISHED");
        await Conversation.HearsBothAsync(caller, B, C);
        await Conversation.HearsBothAsync(third, A, B);
        await app.SaysAsync("3 people");

        await caller.HangUpAsync();
        await app.HearsAsync(C);
        await third.HearsAsync(B);
        await third.HangUpAsync();
        await app.SaysAsync("1 person");
        await app.PressAsync("Escape");
        await app.NoCallAsync();
    }

    private static async Task TalkAsync(BaresipPhone caller, AppPage app)
    {
        await caller.DialAsync(app.Extension);
        await app.RingsAsync();
        await app.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(caller.ToneHertz);
        await caller.HearsAsync(B);
    }
}
