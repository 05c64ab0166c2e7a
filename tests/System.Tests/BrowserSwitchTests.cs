using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// A user with a desk phone and the browser app goes from one to the other within a call, is reminded of whom they hold, and is reached by intercom. Everyone
/// has a tone of their own: who is heard is who is talked to.
/// </summary>
[Trait("Shows", "1")]
public sealed class BrowserSwitchTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int A = 440;
    private const int Desk = 660;
    private const int App = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task A_call_goes_from_the_desk_phone_to_the_browser_and_back_and_the_other_side_hears_only_who_talks()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101", A));
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("102", Desk));
        await Conversation.BeginAsync(caller, desk);
        await using var browser = await Chromium.StartAsync(App, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "102");

        await app.DialAsync("*11");
        await desk.NextAsync("CALL_CLOSED");
        await caller.HearsAsync(App);
        await app.HearsAsync(A);

        await desk.DialAsync("*11");
        await desk.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(Desk);
        await desk.HearsAsync(A);
        await app.NoCallAsync();

        // From the browser's list of devices, too.
        await app.DialAsync("*11");
        await desk.NextAsync("CALL_CLOSED");
        await Conversation.TalkAsync(caller, app);
        await app.SwitchAsync();
        await desk.NextAsync("CALL_INCOMING");
        await caller.HearsAsync(App);
        await desk.AnswerAsync();
        await Conversation.TalkAsync(caller, desk);
        await app.NoCallAsync();
        Assert.False(caller.HasUnread("CALL_CLOSED"));

        await caller.HangUpAsync();
        await desk.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "INC-08")]
    [Fact]
    public async Task An_intercom_call_is_answered_by_the_browser_itself_and_its_user_hears_at_once_who_calls()
    {
        await using var browser = await Chromium.StartAsync(App, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "105");
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("104", A));

        await caller.DialAsync("*9105");
        await caller.NextAsync("CALL_ESTABLISHED");
        await app.CardAsync("connected");
        await app.HearsAsync(A);
        // Who is called is not heard before they want to be.
        await app.PressAsync("m");
        await caller.HearsAsync(App);
        await caller.HangUpAsync();
        await app.NoCallAsync();
    }

    [Trait("Feature", "CTL-04")]
    [Trait("Feature", "N7")]
    [Fact]
    public async Task Whom_the_desk_phone_left_on_hold_rings_the_browser_too_and_goes_on_there()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("107", A));
        await using var desk = await BaresipPhone.RegisteredAsync(Silo.Phone("108", Desk));
        await Conversation.BeginAsync(caller, desk);
        await using var browser = await Chromium.StartAsync(App, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "108");
        await app.RemindOfHoldAfterAsync(TimeSpan.FromSeconds(10));

        await desk.HoldAsync();
        await Conversation.HearsMusicAsync(caller, Desk);
        await app.RingsAsync();
        await app.SaysAsync("Still on hold");
        await app.AnswerAsync();
        await desk.NextAsync("CALL_CLOSED");
        await caller.HearsAsync(App);
        await app.HearsAsync(A);
        await caller.HangUpAsync();
        await app.NoCallAsync();
    }
}
