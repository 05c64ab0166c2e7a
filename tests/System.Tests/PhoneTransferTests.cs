using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// Transfers by desk phones as two makes of them do it (baresip's REFER, linphone's REFER with Replaces), with phones and the browser app in the other seats.
/// Everyone has a tone of their own: who is heard is who is talked to.
/// </summary>
[Trait("Shows", "1")]
public sealed class PhoneTransferTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int App = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Trait("Feature", "XFR-02")]
    [Trait("Feature", "XFR-08")]
    [Trait("Feature", "Failure-7")]
    [Fact]
    public async Task XFR_02_Blind_from_phone_to_phone_to_the_browser_and_back_and_who_is_declined_comes_back()
    {
        await using var browser = await Chromium.StartAsync(App, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "104");
        await using var first = await BaresipPhone.RegisteredAsync(Silo.Phone("101", 440));
        await using var second = await BaresipPhone.RegisteredAsync(Silo.Phone("102", 800));
        await using var third = await BaresipPhone.RegisteredAsync(Silo.Phone("103", 660));
        await Conversation.BeginAsync(first, second);

        // Phones in all three seats.
        await second.TransferAsync("103");
        await third.NextAsync("CALL_INCOMING");
        await second.NextAsync("CALL_CLOSED");
        await third.AnswerAsync();
        await Conversation.TalkAsync(first, third);

        // The browser is who gets the call.
        await third.TransferAsync("104");
        await app.RingsAsync();
        await third.NextAsync("CALL_CLOSED");
        await app.AnswerAsync();
        await Conversation.TalkAsync(first, app);
        Assert.False(first.HasUnread("CALL_CLOSED"));

        // The browser is who is sent on.
        await first.TransferAsync("102");
        await second.NextAsync("CALL_INCOMING");
        await first.NextAsync("CALL_CLOSED");
        await second.AnswerAsync();
        await Conversation.TalkAsync(app, second);

        // Nobody takes the call: it comes back to the phone that has sent it on.
        await second.TransferAsync("103");
        await third.NextAsync("CALL_INCOMING");
        await second.NextAsync("CALL_CLOSED");
        await third.HangUpAsync();
        await second.NextAsync("CALL_INCOMING");
        await second.AnswerAsync();
        await Conversation.TalkAsync(app, second);
        await second.HangUpAsync();
        await app.NoCallAsync();
    }

    [Trait("Feature", "XFR-03")]
    [Trait("Feature", "XFR-06")]
    [Trait("Feature", "Failure-6")]
    [Fact]
    public async Task XFR_06_A_phone_asks_a_phone_for_a_browser_then_a_browser_for_a_phone_and_completes()
    {
        await using var browser = await Chromium.StartAsync(App, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "107");
        await using var other = await BaresipPhone.RegisteredAsync(Silo.Phone("105", 440));
        await using var asks = await LinphonePhone.RegisteredAsync(Silo, "106", 800);
        await app.DialAsync("106");
        await asks.PrintsAsync("assigned id 1");
        await asks.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(asks.ToneHertz);

        await asks.HoldAsync(1);
        await app.HearsOtherThanAsync(asks.ToneHertz);
        await asks.DialAsync(At("105"), 2);
        await other.NextAsync("CALL_INCOMING");
        await other.AnswerAsync();
        await other.HearsAsync(asks.ToneHertz);
        await asks.TransferAsync(1, 2);
        await Conversation.TalkAsync(app, other);
        await asks.PrintsAsync("Call 1 with .* ended");
        await asks.PrintsAsync("Call 2 with .* ended");
        Assert.False(other.HasUnread("CALL_CLOSED"));
        await other.HangUpAsync();
        await app.NoCallAsync();

        await other.DialAsync("106");
        await asks.PrintsAsync("assigned id 3");
        await asks.AnswerAsync();
        await other.NextAsync("CALL_ESTABLISHED");
        await asks.HoldAsync(3);
        await Conversation.HearsMusicAsync(other, asks.ToneHertz);
        await asks.DialAsync(At("107"), 4);
        await app.RingsAsync();
        await app.AnswerAsync();
        await app.HearsAsync(asks.ToneHertz);
        await asks.TransferAsync(3, 4);
        await Conversation.TalkAsync(other, app);
        await asks.PrintsAsync("Call 3 with .* ended");
        await asks.PrintsAsync("Call 4 with .* ended");
        await app.PressAsync("Escape");
        await other.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "XFR-06")]
    [Trait("Feature", "XFR-07")]
    [Fact]
    public async Task XFR_06_A_phone_asks_a_phone_for_a_phone_and_goes_back_or_completes()
    {
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("108", 440));
        await using var target = await BaresipPhone.RegisteredAsync(Silo.Phone("110", 660));
        await using var asks = await LinphonePhone.RegisteredAsync(Silo, "109", 800);
        await caller.DialAsync("109");
        await asks.PrintsAsync("assigned id 1");
        await asks.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await asks.HoldAsync(1);
        await Conversation.HearsMusicAsync(caller, asks.ToneHertz);

        // Thinks better of it.
        await asks.DialAsync(At("110"), 2);
        await target.NextAsync("CALL_INCOMING");
        await asks.HangUpAsync(2);
        await target.NextAsync("CALL_CLOSED");
        await asks.ResumeAsync(1);
        await Conversation.TalkAsync(caller, asks);
        await caller.HangUpAsync();
        await asks.PrintsAsync("Call 1 with .* ended");

        await caller.DialAsync("109");
        await asks.PrintsAsync("assigned id 3");
        await asks.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await asks.HoldAsync(3);
        await asks.DialAsync(At("110"), 4);
        await target.NextAsync("CALL_INCOMING");
        await target.AnswerAsync();
        await target.HearsAsync(asks.ToneHertz);
        await asks.TransferAsync(3, 4);
        await Conversation.TalkAsync(caller, target);
        await asks.PrintsAsync("Call 3 with .* ended");
        await asks.PrintsAsync("Call 4 with .* ended");
        await target.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
    }

    /// <summary>A linphone that knows no name server dials the server's address.</summary>
    private string At(string extension) => $"sip:{extension}@{Silo.Address}:{Silo.SipPort}";
}
