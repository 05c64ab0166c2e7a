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

    private static PresenceState Of(string extension, CallState call) => PresenceRules.Of(extension, false, true, [CallViews.Of(call)]);
}
