using Webphone.Grains.Calls;
using Webphone.Grains.Recordings;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>CTL-12: the record button, and what the other side sees of it.</summary>
public class RecordingTests
{
    [Fact]
    public async Task CTL_12_a_recording_is_started_paused_and_stopped_and_the_other_side_sees_that_it_is_recorded()
    {
        await using var world = await WebWorld.Start();
        var (ann, bob, call) = await Talking(world);
        Assert.Equal((RecordingWhen.OnDemand, true), (ann.Shown.Me.Recording.Internal, ann.Shown.Me.Recording.Pause));

        Assert.Equal(RecordingRefusal.None, await Record(ann, call, RecordingAct.Start));
        Assert.False((await ann.Call(shown => shown.Recording is { Phase: RecordingPhase.On })).PeerRecords);
        Assert.Null((await bob.Call(shown => shown.PeerRecords)).Recording);
        await Record(ann, call, RecordingAct.Pause);
        await ann.Call(shown => shown.Recording is { Phase: RecordingPhase.Paused });
        await Record(ann, call, RecordingAct.Stop);
        await ann.Call(shown => shown.Recording is null);
        await bob.Call(shown => !shown.PeerRecords);
        Assert.Equal(["Record 101"], world.Recordings.Told);
    }

    [Fact]
    public async Task CTL_12_nobody_records_a_call_that_is_not_theirs()
    {
        await using var world = await WebWorld.Start();
        var (_, _, call) = await Talking(world);
        foreach (var stranger in new[] { await world.Open("103"), await world.Open("101", "other") })
        {
            Assert.Equal(RecordingRefusal.NotFound, await Record(stranger, call, RecordingAct.Start));
            Assert.Equal(RecordingRefusal.NotFound, await Record(stranger, "other/c1", RecordingAct.Start));
        }
        Assert.Empty(world.Recordings.Told);
    }

    [Fact]
    public async Task P21_the_history_names_the_recordings_of_each_call()
    {
        await using var world = await WebWorld.Start();
        var (ann, bob, call) = await Talking(world);
        var id = world.Recordings.Add("acme", "101", call, [1, 2, 3], DateTimeOffset.UtcNow);
        await bob.Hub.Do("HangUp", (await Own(bob))!);
        await ann.Call(shown => shown.Phase == CallPhase.Ended);
        var mine = await ann.Client.Get<HistoryPage>("/api/history");
        Assert.Equal(id, Assert.Single(Assert.Single(mine!.Entries).Recordings).Id);
        Assert.Empty(Assert.Single((await bob.Client.Get<HistoryPage>("/api/history"))!.Entries).Recordings);
    }

    private static async Task<RecordingRefusal> Record(Browser browser, string call, RecordingAct act) => (await browser.Hub.Ask<RecordingResult>("Record", call, act)).Refusal;

    private static async Task<string?> Own(Browser browser) => (await browser.Hub.Ask<Snapshot>("Attach", new AttachRequest(browser.Session, browser.Tab, true, 0, "test"))).Calls.Single().Leg;

    private static async Task<(Browser Ann, Browser Bob, string Call)> Talking(WebWorld world)
    {
        var ann = await world.Open("101");
        var bob = await world.Open("102");
        await ann.Dial(Browser.NewId(), "102", ann.Offer());
        var ring = await bob.Rung();
        await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer());
        await ann.Call(call => call.Phase == CallPhase.Connected);
        return (ann, bob, ring.CallKey);
    }
}
