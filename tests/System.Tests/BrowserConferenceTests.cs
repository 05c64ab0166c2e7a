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
        await Conversation.BeginAsync(caller, app);

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

    [Trait("Feature", "CNF-01")]
    [Trait("Feature", "CNF-02")]
    [Trait("Feature", "CNF-03")]
    [Trait("Feature", "CNF-04")]
    [Trait("Feature", "CNF-05")]
    [Trait("Feature", "CNF-06")]
    [Trait("Feature", "CNF-08")]
    [Trait("Feature", "CNF-09")]
    [Trait("Feature", "CNF-10")]
    [Trait("Feature", "Failure-14")]
    [Fact]
    public async Task CNF_02_to_10_The_browser_merges_asks_a_fourth_sends_them_in_leaves_and_comes_back()
    {
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "105");
        await using var fourth = await AppPage.SignedInAsync(browser, Silo, "107", toneHertz: 1300);
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("104", A));
        await using var third = await BaresipPhone.RegisteredAsync(Silo.Phone("106", C));
        await Conversation.BeginAsync(caller, app);

        await app.ConsultAsync("106");
        await third.NextAsync("CALL_INCOMING");
        await third.AnswerAsync();
        await app.HearsAsync(C);
        await app.MergeAsync();
        var room = await app.RoomAsync();
        await Conversation.ConferAsync(caller, app, third);

        // The others go on talking while the browser asks somebody, who hears only the browser.
        await app.ConsultAsync("107");
        await fourth.RingsAsync();
        await fourth.AnswerAsync();
        await Conversation.TalkAsync(app, fourth);
        await Conversation.TalkAsync(caller, third);
        await app.MergeAsync();
        await fourth.SaysAsync($"Room {room}");
        await Conversation.ConferAsync(caller, app, third, fourth);

        await app.PressAsync("Escape");
        await app.NoCallAsync();
        await Conversation.ConferAsync(caller, third, fourth);
        await app.DialAsync(room);
        await Conversation.ConferAsync(caller, app, third, fourth);
        Assert.False(caller.HasUnread("CALL_CLOSED"));

        await caller.HangUpAsync();
        await third.HangUpAsync();
        await Conversation.TalkAsync(app, fourth);
        await fourth.PressAsync("Escape");
        await app.SaysAsync("1 person");
        await app.PressAsync("Escape");
        await app.NoCallAsync();
        Assert.Equal(room, (string?)(await History.NewestAsync(Silo, "105"))["peerNumber"]);
    }

    [Trait("Feature", "CNF-12")]
    [Trait("Feature", "CNF-13")]
    [Trait("Feature", "CNF-14")]
    [Fact]
    public async Task CNF_13_A_phone_drops_a_browser_and_a_phone_into_its_conference_by_star_38_and_joins_them()
    {
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "109");
        await using var host = await BaresipPhone.RegisteredAsync(Silo.Phone("108", A));
        await using var other = await BaresipPhone.RegisteredAsync(Silo.Phone("110", C));
        await Conversation.BeginAsync(app, host);
        await host.TransferAsync("*38");
        await host.NextAsync("CALL_CLOSED");
        await app.RoomAsync();

        await Conversation.BeginAsync(host, other);
        await host.TransferAsync("*38");
        await host.NextAsync("CALL_CLOSED");
        await Conversation.TalkAsync(app, other);

        await host.DialAsync("*38");
        await host.NextAsync("CALL_ESTABLISHED");
        await Conversation.ConferAsync(host, app, other);
        await host.HangUpAsync();
        await other.HangUpAsync();
        await app.SaysAsync("1 person");
        await app.PressAsync("Escape");
        await app.NoCallAsync();
    }
}
