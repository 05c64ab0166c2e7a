using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Calls;

/// <summary>Phones that register by several flows (RFC 5626).</summary>
public class CallFlowsTests
{
    private static readonly LegId First = new("c1-1");
    private static readonly LegId Desk = new("c1-2");
    private static readonly LegId Second = new("c1-3");
    private static readonly LegId Third = new("c1-4");

    [Fact]
    public void A_phone_with_three_flows_rings_once_beside_one_with_a_flow_alone()
    {
        var step = Ring();
        Assert.Equal(["p;1", "desk"], step.Effects<RingDevice>().Select(effect => effect.Ring.Binding.Id));
        Assert.Equal(["p;2", "p;3"], step.State.Spares.Select(spare => spare.Id));
    }

    [Fact]
    public void The_next_flow_is_rung_when_one_is_closed_and_then_the_next()
    {
        var second = Step(Ring().State, new DeviceUnreachable(First));
        Assert.Equal((Second, "p;2"), Rung(second));
        var third = Step(second.State, new LegReported(new LegEnded(Second, CallEnd.Unreachable)));
        Assert.Equal((Third, "p;3"), Rung(third));
        Assert.Empty(third.State.Spares);
        var none = Step(third.State, new DeviceUnreachable(Third));
        Assert.Empty(none.Effects<RingDevice>());
        Assert.Equal(CallStage.Ringing, none.State.Stage);
        Assert.Equal(CallEnd.Unreachable, Step(none.State, new DeviceUnreachable(Desk)).State.End);
    }

    [Fact]
    public void A_lost_node_takes_its_flows_with_it()
    {
        var step = Step(Ring().State, new NodeLost("n2"));
        Assert.Equal((Second, "p;3"), Rung(step));
        Assert.Empty(step.State.Spares);
        Assert.Equal(First, Assert.Single(step.Effects<EndLeg>()).Leg);
    }

    [Fact]
    public void A_phone_that_rang_by_a_flow_which_was_lost_is_rung_by_the_next()
    {
        var ringing = Step(Ring().State, new LegReported(new LegRinging(First))).State;
        Assert.Equal((Second, "p;2"), Rung(Step(ringing, new LegsMissing([First]))));
    }

    [Theory]
    [InlineData(CallEnd.Busy)]
    [InlineData(CallEnd.NoCommonMedia)]
    [InlineData(CallEnd.Cancelled)]
    [InlineData(CallEnd.Failed)]
    public void What_the_phone_says_by_one_flow_is_not_asked_again_by_another(CallEnd said) =>
        Assert.Empty(Step(Ring().State, new LegReported(new LegEnded(First, said))).Effects<RingDevice>());

    [Fact]
    public void An_answer_leaves_no_flow_for_later()
    {
        var connected = Step(Ring().State, new LegReported(new LegAnswered(First, Sample.EndpointA, Sample.Pcmu))).State;
        Assert.Empty(connected.Spares);
        Assert.Empty(Step(connected, new DeviceUnreachable(Desk)).Effects<RingDevice>());
    }

    [Fact]
    public void A_call_that_was_read_back_rings_no_flow_that_was_left_for_later()
    {
        var recovered = Step(Ring().State, new Recovered());
        Assert.Equal(["p;1", "desk"], recovered.Effects<RingDevice>().Select(effect => effect.Ring.Binding.Id));
        Assert.Equal((Second, "p;2"), Rung(Step(recovered.State, new DeviceUnreachable(First))));
    }

    [Fact]
    public void A_phone_that_calls_its_own_user_is_not_rung_by_its_other_flow()
    {
        var start = CallMachine.Start(Sample.Key, new CallStarted(Sample.Request("101") with { Device = "p;1" }, new Destination.User("101")), Sample.Noon).State;
        var step = Step(start.After(new CallerDecided(Sample.Allowed)), new CalleeDecided(Sample.Plan with { Devices = [Flow(1, "n1"), Flow(2, "n2"), Sample.Device("desk", "n2")] }));
        Assert.Equal("desk", Assert.Single(step.Effects<RingDevice>()).Ring.Binding.Id);
        Assert.Empty(step.State.Spares);
    }

    private static CallStep Ring() => Step(
        Sample.AskingCallee(), new CalleeDecided(Sample.Plan with { Devices = [Flow(1, "n2"), Sample.Device("desk", "n1"), Flow(2, "n2"), Flow(3, "n3")] }));

    private static Binding Flow(int number, string node) => Sample.Device($"p;{number}", node) with { Instance = "p" };

    private static CallStep Step(CallState state, CallEvent input) => CallMachine.Step(state, input, Sample.Noon);

    private static (LegId Leg, string Device) Rung(CallStep step)
    {
        var ring = Assert.Single(step.Effects<RingDevice>()).Ring;
        return (ring.Leg, ring.Binding.Id);
    }
}
