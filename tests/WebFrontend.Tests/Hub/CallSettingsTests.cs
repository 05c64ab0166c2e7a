using System.Net.Http.Json;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>How users have their calls treated: calls that they forget on hold, and browsers that answer by themselves.</summary>
public class CallSettingsTests
{
    [Fact]
    public async Task Settings_are_kept_and_refused_out_of_bounds()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("102");
        Assert.Equal((60, 0), (await Read(browser)) is var known ? (known.HoldRecallSeconds, known.AutoAnswer.Length) : default);
        Assert.True(await Write(browser, new MyCallSettings(0, [new AutoAnswerDevice("x", 30)])));
        Assert.Equal((0, "x", 30), (await Read(browser)) is var kept ? (kept.HoldRecallSeconds, kept.AutoAnswer[0].Device, kept.AutoAnswer[0].RingSeconds) : default);
        Assert.False(await Write(browser, new MyCallSettings(9, [])));
        Assert.False(await Write(browser, new MyCallSettings(3601, [])));
        Assert.False(await Write(browser, new MyCallSettings(60, [new AutoAnswerDevice("x", 31)])));
        Assert.False(await Write(browser, new MyCallSettings(60, [.. Enumerable.Range(0, 11).Select(at => new AutoAnswerDevice($"{at}", 0))])));
    }

    [Fact]
    public async Task CTL_04_N7_A_call_left_on_hold_rings_the_one_who_holds_and_they_go_on_where_they_answer()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, aliceLeg, bobLeg) = await CallTests.Connected(world);
        Assert.True(await Write(bob, new MyCallSettings(10, [])));
        await bob.Hub.Do("Hold", bobLeg);
        await alice.Call(call => call.HeldByPeer);

        var ring = await bob.Rung();
        Assert.Equal((RingReason.HoldRecall, "101"), (ring.Reason, ring.Caller.Number));
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, Browser.NewOffer())).Ok);

        await alice.Call(call => call is { Phase: CallPhase.Connected, HeldByPeer: false });
        await Eventually.True(() => world.Edge.Legs == 2);
        await alice.Hub.Do("HangUp", aliceLeg);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Media.Count == 0);
    }

    [Fact]
    public async Task INC_08_A_device_of_which_its_user_says_so_is_told_to_answer_by_itself_but_not_while_they_talk()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, carol) = (await world.Open("101"), await world.Open("102"), await world.Open("103"));
        var device = SessionKey.DeviceOf(bob.Session);
        Assert.True(await Write(bob, new MyCallSettings(60, [new AutoAnswerDevice(device, 3)])));

        var leg = Browser.NewId();
        await alice.Dial(leg, "102", alice.Offer());
        var ring = await bob.Rung();
        Assert.Equal((3, RingReason.Call), (ring.AutoAnswerSeconds!.Value, ring.Reason));
        await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer());
        await bob.Call(call => call.Phase == CallPhase.Connected);
        await carol.Dial(Browser.NewId(), "102", carol.Offer());
        Assert.Null((await bob.Rung()).AutoAnswerSeconds);
    }

    [Fact]
    public async Task Intercom_asks_every_device_to_answer_at_once_and_is_refused_by_one_who_talks_or_is_not_to_be_disturbed()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob, carol) = (await world.Open("101"), await world.Open("102"), await world.Open("103"));
        await alice.Dial(Browser.NewId(), "*9102", alice.Offer());
        var ring = await bob.Rung();
        Assert.Equal((0, RingReason.Intercom), (ring.AutoAnswerSeconds!.Value, ring.Reason));
        await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer());
        await bob.Call(call => call.Phase == CallPhase.Connected);

        await carol.Dial(Browser.NewId(), "*9102", carol.Offer());
        Assert.Equal(CallEnd.Busy, (await carol.Call(call => call.Phase == CallPhase.Ended)).End);
        await bob.Hub.Do("HangUp", ring.Leg);
        await bob.Hub.Do("SetDoNotDisturb", true);
        await Eventually.True(async () => (await world.User("102").GetView()) is { DoNotDisturb: true, Calls: [] });
        await carol.Dial(Browser.NewId(), "*9102", carol.Offer());
        Assert.Equal(CallEnd.DoNotDisturb, (await carol.Call(call => call is { Phase: CallPhase.Ended, End: CallEnd.DoNotDisturb })).End);
    }

    private static async Task<MyCallSettings> Read(Browser browser) => (await browser.Client.Get<MyCallSettings>("/api/me/calls"))!;

    private static async Task<bool> Write(Browser browser, MyCallSettings settings) => (await browser.Client.Http.PutAsJsonAsync("/api/me/calls", settings, HubClient.Json)).IsSuccessStatusCode;
}
