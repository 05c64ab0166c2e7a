using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// Issue 5, shows 1: somebody outside in one of the seats. The gateway is a baresip that signs in nowhere; the one behind it has the number 4412345, which is dialled with a
/// 0 before it. The phones lie in the gateway's network, which must not matter. Everyone has a tone of their own.
/// </summary>
[Trait("Shows", "1")]
[Trait("Feature", "XFR-09")]
public sealed class OutsideTests(OutsideTests.OutsideFixture fixture) : IClassFixture<OutsideTests.OutsideFixture>
{
    private const int A = 440;
    private const int B = 1000;
    private const int C = 660;
    private const string Number = "04412345";
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task XFR_09_A_phone_calls_a_number_outside_and_each_hears_the_other()
    {
        await using var outside = await OutsideAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101", A));
        await caller.DialAsync(Number);
        await outside.NextAsync("CALL_INCOMING");
        await outside.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(C);
        await outside.HearsAsync(A);
        await caller.HoldAsync();
        await Conversation.HearsMusicAsync(outside, A);
        await caller.ResumeAsync();
        await outside.HearsAsync(A);
        await outside.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");

        var entry = await History.NewestAsync(Silo, "101");
        Assert.Equal((Number, "Completed"), ((string?)entry["peerNumber"], (string?)entry["end"]));
    }

    [Fact]
    public async Task XFR_09_The_browser_asks_somebody_outside_and_connects_the_caller_with_them()
    {
        await using var outside = await OutsideAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("101", A));
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "102");
        await TalkAsync(caller, app);

        // Cancelled, and refused: the caller is back.
        await app.ConsultAsync(Number);
        await outside.NextAsync("CALL_INCOMING");
        await Conversation.HearsMusicAsync(caller, B);
        await app.PressAsync("Escape");
        await outside.NextAsync("CALL_CLOSED");
        await app.TalksAgainAsync();
        await caller.HearsAsync(B);
        await app.TransferAsync(Number);
        await outside.NextAsync("CALL_INCOMING");
        await app.NoCallAsync();
        await outside.HangUpAsync();
        await app.RingsAsync();
        await app.AnswerAsync();
        await caller.HearsAsync(B);
        await app.HearsAsync(A);

        await app.ConsultAsync(Number);
        await outside.NextAsync("CALL_INCOMING");
        await outside.AnswerAsync();
        await outside.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(C);
        await outside.HearsAsync(B);
        await app.CompleteAsync();
        await caller.HearsAsync(C);
        await outside.HearsAsync(A);
        await app.NoCallAsync();
        Assert.False(caller.HasUnread("CALL_CLOSED"));
        await caller.HangUpAsync();
        await outside.NextAsync("CALL_CLOSED");
    }

    [Trait("Feature", "CTL-08")]
    [Fact]
    public async Task XFR_09_The_browser_calls_somebody_outside_into_the_call_and_all_hear_each_other()
    {
        await using var outside = await OutsideAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("103", A));
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "104");
        await TalkAsync(caller, app);

        await app.AddCallAsync(Number);
        await outside.NextAsync("CALL_INCOMING");
        await outside.AnswerAsync();
        await outside.NextAsync("CALL_ESTABLISHED");
        await Conversation.HearsBothAsync(outside, A, B);
        await Conversation.HearsBothAsync(caller, B, C);
        await outside.HangUpAsync();
        await caller.HearsAsync(B);
        await caller.HangUpAsync();
        await app.PressAsync("Escape");
        await app.NoCallAsync();
    }

    [Fact]
    public async Task XFR_09_A_phone_sends_the_caller_outside_by_REFER()
    {
        await using var outside = await OutsideAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(Silo.Phone("105", A));
        using var keeper = await SipPeer.RegisteredAsync(Silo, "106");
        using var audio = new RtpPeer();
        await caller.DialAsync("106");
        var call = await PeerCall.IncomingAsync(keeper);
        await call.AnswerAsync(audio.Sdp());
        audio.Say(B, call.RemoteMedia);
        await caller.HearsAsync(B);

        Assert.Equal(202, (await call.RequestAsync("REFER", "", null, ("Refer-To", $"<sip:{Number}@{RunningSilo.Domain}>"), ("Refer-Sub", "false"))).Status);
        await outside.NextAsync("CALL_INCOMING");
        await call.HungUpAsync();
        await outside.AnswerAsync();
        await outside.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(C);
        await outside.HearsAsync(A);
        await outside.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task XFR_09_Somebody_outside_calls_a_number_of_ours_which_rings_phone_and_browser_and_is_called_back_from_the_history()
    {
        await using var outside = await OutsideAsync();
        await using var phone = await BaresipPhone.RegisteredAsync(Silo.Phone("107", A));
        await using var browser = await Chromium.StartAsync(B, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "107");
        await outside.DialAsync($"sip:+493055507@{Silo.Address}:{Silo.SipPort}");
        await phone.NextAsync("CALL_INCOMING");
        await app.RingsAsync();
        await app.AnswerAsync();
        await phone.NextAsync("CALL_CLOSED");
        await outside.NextAsync("CALL_ESTABLISHED");
        await outside.HearsAsync(B);
        await app.HearsAsync(C);
        await outside.HangUpAsync();
        await app.NoCallAsync();

        var entry = await History.NewestAsync(Silo, "107");
        Assert.Equal((Number, "Inbound", "+493055507"), ((string?)entry["peerNumber"], (string?)entry["direction"], (string?)entry["line"]));
        await phone.DialAsync((string)entry["peerNumber"]!);
        await outside.NextAsync("CALL_INCOMING");
        await outside.AnswerAsync();
        await phone.HearsAsync(C);
        await phone.HangUpAsync();
        await outside.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task XFR_09_Nobody_is_let_in_who_calls_from_elsewhere_or_another_number()
    {
        using var stranger = new SipPeer(Silo, "4412345", local: "127.0.9.1");
        await (await stranger.InviteAsync("+493055507")).ExpectAsync(401);
        using var outside = new SipPeer(Silo, "4412345");
        await (await outside.InviteAsync(Number)).ExpectAsync(404);
        await (await outside.InviteAsync("107")).ExpectAsync(404);
        await (await outside.InviteAsync("*43")).ExpectAsync(404);
    }

    private Task<BaresipPhone> OutsideAsync() => BaresipPhone.StartAsync(new PhoneSetup { Extension = Number[1..], SipPort = fixture.GatewayPort, ToneHertz = C });

    private static async Task TalkAsync(BaresipPhone caller, AppPage app)
    {
        await caller.DialAsync(app.Extension);
        await app.RingsAsync();
        await app.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(A);
        await caller.HearsAsync(B);
    }

    /// <summary>The program with users as in the demo tenant, and a trunk.</summary>
    public sealed class OutsideFixture : SiloFixture
    {
        // It takes the next one too, for TLS.
        public int GatewayPort { get; } = Ports.FreeRange(2);

        public override async ValueTask InitializeAsync() => Silo = await RunningSilo.ProvisionedAsync($$"""
            { "tenants": [ { "name": "office", "domain": "{{RunningSilo.Domain}}", "digestAlgorithms": ["MD5"],
              "trunks": [ { "name": "provider", "gateways": ["sip:127.0.0.1:{{GatewayPort}}"], "callerId": "+493055500", "callerPrefix": "0",
                "dial": [ { "prefix": "0", "strip": 1 } ], "networks": ["127.0.0.1"], "numbers": [ { "number": "+493055507", "to": "107" } ] } ],
              "userRanges": [ { "first": 101, "count": 10, "secretPrefix": "demo-", "passwordPrefix": "demo-" } ] } ] }
            """);
    }
}
