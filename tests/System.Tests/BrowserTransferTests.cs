using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// Issue 5, shows 1: transfers by the browser app, with desk phones and browsers in the other seats. Everyone has a tone of their own: who is heard is who is
/// talked to. A calls B, who is the browser and sends them to C.
/// </summary>
[Trait("Shows", "1")]
public sealed class BrowserTransferTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int A = 440;
    private const int B = 1000;
    private const int C = 660;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "XFR-02")]
    [Trait("Feature", "Failure-7")]
    [Fact]
    public async Task XFR_02_Blind_the_caller_is_with_the_target_and_the_browser_is_out()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "101", "102", "103");
        var (app, caller, target) = seats;

        await app.TransferAsync("103");
        // The card of a call that is over stays for some seconds.
        await Task.WhenAll(target.NextAsync("CALL_INCOMING"), app.SaysAsync("Transferred to"));
        await app.NoCallAsync();
        await target.AnswerAsync();
        await target.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(C);
        await target.HearsAsync(A);
        Assert.False(caller.HasUnread("CALL_CLOSED"));

        await caller.HangUpAsync();
        await target.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "XFR-03")]
    [Trait("Feature", "XFR-04")]
    [Trait("Feature", "XFR-05")]
    [Trait("Feature", "XFR-06")]
    [Trait("Feature", "CTL-07")]
    [Trait("Feature", "Failure-6")]
    [Fact]
    public async Task XFR_03_to_06_Attended_the_caller_hears_music_while_the_target_is_asked_and_then_the_target()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "104", "105", "106");
        var (app, caller, target) = seats;

        await app.ConsultAsync("106");
        await target.NextAsync("CALL_INCOMING");
        await Conversation.HearsMusicAsync(caller, B);
        await target.AnswerAsync();
        await target.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(C);
        await target.HearsAsync(B);
        await app.CompleteAsync();
        await caller.HearsAsync(C);
        await target.HearsAsync(A);
        await app.NoCallAsync();
        Assert.False(caller.HasUnread("CALL_CLOSED"));
        Assert.False(target.HasUnread("CALL_CLOSED"));
        await target.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task XFR_06_Attended_completed_while_the_target_rings_also_after_the_page_was_reloaded()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "107", "108", "109");
        var (app, caller, target) = seats;

        await app.ConsultAsync("109");
        await target.NextAsync("CALL_INCOMING");
        await app.Page.ReloadAsync();
        await app.CompleteAsync();
        await app.NoCallAsync();
        await target.AnswerAsync();
        await target.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(C);
        await target.HearsAsync(A);
        await caller.HangUpAsync();
        await target.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "XFR-07")]
    [Trait("Feature", "XFR-08")]
    [Trait("Feature", "Failure-6")]
    [Trait("Feature", "Failure-7")]
    [Fact]
    public async Task XFR_07_and_08_Cancelled_declined_or_unreachable_the_browser_is_back_with_the_caller()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "101", "102", "103");
        var (app, caller, target) = seats;

        // Hold was pressed before: it is the same.
        await app.PressAsync("h");
        await Conversation.HearsMusicAsync(caller, B);
        await app.ConsultAsync("103");
        await target.NextAsync("CALL_INCOMING");
        await app.PressAsync("Escape");
        await target.NextAsync("CALL_CLOSED");
        await BackAsync(app, caller);

        await app.ConsultAsync("103");
        await target.NextAsync("CALL_INCOMING");
        await target.HangUpAsync();
        await app.SaysAsync("It is yours again");
        await BackAsync(app, caller);

        await app.ConsultAsync("103");
        await target.NextAsync("CALL_INCOMING");
        await target.AnswerAsync();
        await app.HearsAsync(C);
        await target.HangUpAsync();
        await BackAsync(app, caller);

        await app.ConsultAsync("110");
        await app.SaysAsync("Cannot be reached now");
        await BackAsync(app, caller);

        await app.TransferAsync("110");
        await app.SaysAsync("Cannot be reached now");
        await BackAsync(app, caller);
        await caller.HangUpAsync();
        await app.NoCallAsync();
    }

    [Trait("Feature", "XFR-08")]
    [Trait("Feature", "Failure-7")]
    [Fact]
    public async Task XFR_08_Blind_to_one_who_declines_comes_back_and_the_overlay_says_from_whom()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "104", "105", "106");
        var (app, caller, target) = seats;

        await app.TransferAsync("106");
        await target.NextAsync("CALL_INCOMING");
        await app.NoCallAsync();
        await target.HangUpAsync();
        await app.RingsAsync();
        await app.SaysAsync("Back from");
        await app.AnswerAsync();
        await BackAsync(app, caller);
        Assert.False(caller.HasUnread("CALL_CLOSED"));
        await caller.HangUpAsync();
        await app.NoCallAsync();
    }

    [Trait("Feature", "Failure-6")]
    [Fact]
    public async Task Failure_6_The_caller_hangs_up_while_the_target_is_asked_who_goes_on_with_the_browser()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "107", "108", "109");
        var (app, caller, target) = seats;

        await app.ConsultAsync("109");
        await target.NextAsync("CALL_INCOMING");
        await caller.HangUpAsync();
        await app.Page.UntilAsync("document.querySelectorAll('article:not([data-state=ended])').length === 1");
        await target.AnswerAsync();
        await app.HearsAsync(C);
        await target.HearsAsync(B);
        await app.PressAsync("Escape");
        await target.NextAsync("CALL_CLOSED");
        await app.NoCallAsync();
    }

    [Trait("Feature", "Failure-6")]
    [Fact]
    public async Task Failure_6_The_browser_dies_while_it_asks_and_nobody_hears_music_for_ever()
    {
        await using var seats = await Seats.TalkingAsync(Silo, "101", "102", "103");
        var (app, caller, target) = seats;
        await app.ConsultAsync("103");
        await target.NextAsync("CALL_INCOMING");
        await target.AnswerAsync();
        await app.HearsAsync(C);
        seats.Browser.Kill();
        await caller.NextAsync(TimeSpan.FromSeconds(60), "CALL_CLOSED");
        await target.NextAsync(TimeSpan.FromSeconds(60), "CALL_CLOSED");
    }

    [Fact]
    public async Task Browsers_in_two_seats_and_a_phone_in_the_third()
    {
        await using var first = await Chromium.StartAsync(A, SafeLoopback);
        await using var second = await Chromium.StartAsync(B, SafeLoopback);
        await using var caller = await AppPage.SignedInAsync(first, Silo, "104");
        await using var app = await AppPage.SignedInAsync(second, Silo, "105");
        await using var target = await BaresipPhone.RegisteredAsync(Silo.Phone("106", C));
        await caller.DialAsync("105");
        await app.RingsAsync();
        await app.AnswerAsync();
        await caller.HearsAsync(B);
        await app.HearsAsync(A);

        await app.ConsultAsync("106");
        await target.NextAsync("CALL_INCOMING");
        await target.AnswerAsync();
        await app.HearsAsync(C);
        await caller.HearsOtherThanAsync(B);
        await app.CompleteAsync();
        await caller.HearsAsync(C);
        await target.HearsAsync(A);
        await app.NoCallAsync();

        // The far side was moved, and moves on: from a browser that was the caller.
        await caller.TransferAsync("105");
        await app.RingsAsync();
        await caller.NoCallAsync();
        await app.AnswerAsync();
        await app.HearsAsync(C);
        await target.HearsAsync(B);
        await target.HangUpAsync();
        await app.NoCallAsync();
    }

    private static async Task BackAsync(AppPage app, BaresipPhone caller)
    {
        await app.TalksAgainAsync();
        await caller.HearsAsync(B);
        await app.HearsAsync(caller.ToneHertz);
    }

    /// <summary>A, B with their browser, and C; A has called B, and they hear each other.</summary>
    private sealed class Seats : IAsyncDisposable
    {
        private AppPage _app = null!;
        private BaresipPhone _caller = null!;
        private BaresipPhone _target = null!;

        public Chromium Browser { get; private set; } = null!;

        public static async Task<Seats> TalkingAsync(RunningSilo silo, string caller, string app, string target)
        {
            var seats = new Seats();
            try
            {
                seats._caller = await BaresipPhone.RegisteredAsync(silo.Phone(caller, A));
                seats._target = await BaresipPhone.RegisteredAsync(silo.Phone(target, C));
                seats.Browser = await Chromium.StartAsync(B, SafeLoopback);
                seats._app = await AppPage.SignedInAsync(seats.Browser, silo, app);
                await seats._caller.DialAsync(app);
                await seats._app.RingsAsync();
                await seats._app.AnswerAsync();
                await seats._caller.NextAsync("CALL_ESTABLISHED");
                await seats._app.HearsAsync(A);
                await seats._caller.HearsAsync(B);
                return seats;
            }
            catch
            {
                await seats.DisposeAsync();
                throw;
            }
        }

        public void Deconstruct(out AppPage app, out BaresipPhone caller, out BaresipPhone target) => (app, caller, target) = (_app, _caller, _target);

        public async ValueTask DisposeAsync()
        {
            foreach (var one in (IAsyncDisposable?[])[_app, Browser, _target, _caller])
            {
                if (one is not null)
                    await one.DisposeAsync();
            }
        }
    }
}
