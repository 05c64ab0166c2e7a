using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Tests.Calls;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Users;

public class PresenceRulesTests
{
    [Fact]
    public void Without_calls_it_is_offline_idle_or_do_not_disturb()
    {
        Assert.Equal(PresenceState.Offline, PresenceRules.Of("102", false, reachable: false, []));
        Assert.Equal(PresenceState.Idle, PresenceRules.Of("102", false, reachable: true, []));
        Assert.Equal(PresenceState.DoNotDisturb, PresenceRules.Of("102", true, reachable: true, []));
    }

    [Fact]
    public void While_devices_ring_the_callee_rings_and_the_caller_is_on_a_call()
    {
        Assert.Equal(PresenceState.Ringing, Of("102", Sample.Ringing()));
        Assert.Equal(PresenceState.OnCall, Of("101", Sample.Ringing()));
    }

    [Fact]
    public void Who_holds_shows_as_held_and_who_is_held_as_on_a_call()
    {
        var held = Sample.Connected().After(new LegReported(new LegHeld(Sample.A)));
        Assert.Equal(PresenceState.Held, Of("102", held));
        Assert.Equal(PresenceState.OnCall, Of("101", held));
    }

    [Fact]
    public void The_strongest_of_several_calls_shows()
    {
        var held = CallViews.Of(Sample.Connected().After(new LegReported(new LegHeld(Sample.A))));
        Assert.Equal(PresenceState.OnCall, PresenceRules.Of("102", true, true, [held, CallViews.Of(Sample.Connected())]));
        Assert.Equal(PresenceState.Ringing, PresenceRules.Of("102", true, true, [held, CallViews.Of(Sample.Ringing()), CallViews.Of(Sample.Connected())]));
    }

    [Fact]
    public void A_call_that_ended_shows_nothing() => Assert.Equal(PresenceState.Idle, Of("102", Sample.Ending()));

    [Fact]
    public void A_lamp_tells_who_calls_whom_and_how_far_the_call_is()
    {
        var (ringing, connected) = (Sample.Ringing(), Sample.Connected());
        var called = Assert.Single(PresenceRules.Watched("102", [CallViews.Of(ringing)]));
        Assert.Equal((false, WatchedPhase.Ringing, "101"), (called.IsCaller, called.Phase, called.Peer.Number));
        var calling = Assert.Single(PresenceRules.Watched("101", [CallViews.Of(ringing)]));
        Assert.Equal((true, WatchedPhase.Ringing, "102"), (calling.IsCaller, calling.Phase, calling.Peer.Number));
        Assert.Equal(WatchedPhase.Connected, Assert.Single(PresenceRules.Watched("101", [CallViews.Of(connected)])).Phase);
        Assert.True(Assert.Single(PresenceRules.Watched("102", [CallViews.Of(connected.After(new LegReported(new LegHeld(Sample.A))))])).Holding);
        Assert.Empty(PresenceRules.Watched("102", [CallViews.Of(Sample.Ending())]));
        Assert.Empty(PresenceRules.Watched("103", [CallViews.Of(connected)]));
    }

    [Fact]
    public void What_lamps_show_is_compared_by_what_it_says()
    {
        var view = CallViews.Of(Sample.Connected());
        PresenceView Of(params CallView[] calls) => new("102", 7, PresenceState.OnCall, false, 1, PresenceRules.Watched("102", calls));
        Assert.Equal(Of(view), Of(view));
        Assert.NotEqual(Of(view), Of());
    }

    private static PresenceState Of(string extension, CallState call) => PresenceRules.Of(extension, false, true, [CallViews.Of(call)]);
}
