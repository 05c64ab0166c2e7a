using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Presence;

namespace Webphone.Grains.Tests.Calls;

public sealed class CallGrainTests : IDisposable
{
    private static readonly LegId Caller = new("caller");
    private static readonly LegId First = new("c1-1");
    private static readonly LegId Second = new("c1-2");
    private static readonly MediaCodec Pcmu = new("PCMU", 8000);

    private readonly TestHost _host = new();

    [Fact]
    public void A_call_is_rung_answered_connected_and_ended_in_this_order()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        Assert.True(_host.Report("c1", new LegRinging(First)));
        Assert.True(_host.Report("c1", new LegAnswered(First, new EndpointId("n1", 2), Pcmu)));
        _host.Wait(TimeSpan.FromSeconds(10));
        Assert.True(_host.Report("c1", new LegEnded(First, CallEnd.Completed)));

        Assert.Equal(
            ["Ring c1-1 desk", "ShowRinging caller", "Answer caller PCMU 102", "Connect n1#1 n1#2", "End caller Completed"],
            _host.Node.Told);
        var entries = _host.Journal.EntriesOf("acme/c1").ToArray();
        Assert.Equal(2, entries.Length);
        Assert.All(entries, entry => Assert.Equal((TimeSpan.FromSeconds(10), CallEnd.Completed), (entry.Duration, entry.End)));
        Assert.Empty(_host.Journal.LiveCalls);
    }

    [Fact]
    public void A_whole_call_costs_less_than_thirty_grain_calls()
    {
        _host.Register("102", "desk");
        _host.Register("101", "a101");
        var before = _host.GrainCalls;
        _host.Start("c1", "102");
        _host.Report("c1", new LegRinging(First));
        _host.Report("c1", new LegAnswered(First, new EndpointId("n1", 2), Pcmu));
        _host.Report("c1", new LegEnded(First, CallEnd.Completed));
        Assert.InRange(_host.GrainCalls - before, 15, 30);
    }

    [Fact]
    public void Legs_on_two_nodes_are_joined_by_a_link_and_held_and_resumed_across_it()
    {
        var far = new TestNode("n2");
        _host.Attach(far);
        _host.Register("102", "desk", node: "n2");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, new EndpointId("n2", 7), Pcmu));
        Assert.Equal(["OpenLink n1#1", "CompleteLink n1#1 127.0.0.1:1001 to 127.0.0.1:2001"], _host.Node.Told[^2..]);
        Assert.Equal("OpenLink n2#7 to 127.0.0.1:1001", far.Told[^1]);

        _host.Report("c1", new LegHeld(Caller));
        Assert.Equal(("Disconnect n1#1", "Play n2#7 HoldMusic"), (_host.Node.Told[^1], far.Told[^1]));
        _host.Report("c1", new LegResumed(Caller));
        Assert.Equal(["OpenLink n1#1", "CompleteLink n1#1 127.0.0.1:1002 to 127.0.0.1:2002"], _host.Node.Told[^2..]);
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        Assert.Equal("End c1-1 Completed", far.Told[^1]);
    }

    [Fact]
    public void A_node_without_a_port_for_a_link_ends_the_call_as_overloaded()
    {
        var far = new TestNode("n2") { LinkRefusal = LinkAnswer.Refused };
        _host.Attach(far);
        _host.Register("102", "desk", node: "n2");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, new EndpointId("n2", 7), Pcmu));
        Assert.All(_host.Journal.EntriesOf("acme/c1"), entry => Assert.Equal(CallEnd.Overloaded, entry.End));
    }

    [Fact]
    public void A_node_that_hangs_when_a_link_is_made_is_lost_for_the_call_and_the_other_leg_ends()
    {
        var far = new TestNode("n2");
        _host.Attach(far);
        _host.Register("102", "desk", node: "n2");
        _host.Start("c1", "102");
        far.Hangs = true;
        _host.Report("c1", new LegAnswered(First, new EndpointId("n2", 7), Pcmu));
        _host.Wait(EdgeLimits.CommandTimeout + TimeSpan.FromSeconds(1));
        Assert.Contains("End caller EdgeLost", _host.Node.Told);
    }

    [Fact]
    public void A_hung_edge_of_one_fork_does_not_keep_the_others_from_ringing_and_answering()
    {
        var hung = new TestNode("n2") { Hangs = true };
        _host.Attach(hung);
        _host.Register("102", "far", node: "n2");
        _host.Register("102", "near");
        _host.Start("c1", "102");
        Assert.Contains("Ring c1-2 near", _host.Node.Told);
        Assert.True(_host.Report("c1", new LegAnswered(Second, new EndpointId("n1", 2), Pcmu)));
        Assert.Contains("Connect n1#1 n1#2", _host.Node.Told);
        _host.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(CallPhase.Connected, _host.Get(() => _host.Call("c1").GetView())!.Phase);
        Assert.Equal("Ring c1-1 far", hung.Told[0]);
        Assert.All(hung.Told.Skip(1), told => Assert.Equal("End c1-1 AnsweredElsewhere", told));
    }

    [Fact]
    public void A_caller_whose_edge_hangs_is_lost_after_the_time_for_a_command()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Node.Hangs = true;
        _host.Report("c1", new LegRinging(First));
        _host.Wait(EdgeLimits.CommandTimeout + TimeSpan.FromSeconds(1));
        Assert.All(_host.Journal.EntriesOf("acme/c1"), entry => Assert.Equal(CallEnd.EdgeLost, entry.End));
        _host.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(_host.Journal.LiveCalls);
    }

    [Fact]
    public void A_device_without_a_flow_is_passed_over()
    {
        _host.Register("102", "desk");
        _host.Node.BrokenDevices.Add("desk");
        _host.Start("c1", "102");
        Assert.Contains("End caller Unreachable", _host.Node.Told);
    }

    [Fact]
    public void Phones_ring_for_the_tenants_ring_time_and_not_longer()
    {
        _host.Directory.RingTime = TimeSpan.FromSeconds(12);
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Report("c1", new LegRinging(First));
        _host.Wait(TimeSpan.FromSeconds(11.9));
        Assert.DoesNotContain("End caller NoAnswer", _host.Node.Told);
        _host.Wait(TimeSpan.FromSeconds(0.2));
        Assert.Contains("End caller NoAnswer", _host.Node.Told);
        Assert.Contains("End c1-1 NoAnswer", _host.Node.Told);
    }

    [Fact]
    public void A_lost_hang_up_is_found_by_the_sweep()
    {
        Connect();
        _host.Node.Held.Remove(First);
        _host.Wait(CallMachine.SweepEvery + TimeSpan.FromSeconds(1));
        Assert.Contains("End caller EdgeLost", _host.Node.Told);
        Assert.Equal(CallEnd.EdgeLost, _host.Journal.EntryOf("acme/c1", "102")!.End);
    }

    [Fact]
    public void A_call_with_a_leg_on_a_lost_node_ends_as_soon_as_the_cluster_has_given_the_node_up()
    {
        var far = new TestNode("n2");
        _host.Attach(far);
        _host.Register("102", "desk", node: "n2");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, new EndpointId("n2", 7), Pcmu));
        far.Held.Clear();
        var sweep = new LiveCallSweep(_host.Cluster.Grains, _host.Directory, _host.Journal, TimeProvider.System, NullLogger<LiveCallSweep>.Instance);
        _host.Do(() => sweep.NodeGone("n3"));
        Assert.DoesNotContain("End caller EdgeLost", _host.Node.Told);
        _host.Do(() => sweep.NodeGone("n2"));
        Assert.Contains("End caller EdgeLost", _host.Node.Told);
    }

    [Fact]
    public void A_connected_call_stays_however_long_and_quiet_it_is()
    {
        Connect();
        _host.Wait(TimeSpan.FromHours(3));
        Assert.Equal(CallPhase.Connected, _host.Get(() => _host.Call("c1").GetView())!.Phase);
        Assert.True(_host.Report("c1", new LegEnded(Caller, CallEnd.Completed)));
        Assert.Equal(TimeSpan.FromHours(3), _host.Journal.EntryOf("acme/c1", "102")!.Duration);
    }

    [Fact]
    public void Starting_again_does_nothing()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Start("c1", "102");
        Assert.Single(_host.Node.Told, told => told == "Ring c1-1 desk");
    }

    [Fact]
    public void A_strangers_leg_and_an_unknown_call_are_refused_and_leave_nothing_behind()
    {
        Connect();
        Assert.False(_host.Report("c1", new LegEnded(new LegId("stranger"), CallEnd.Completed)));
        var before = _host.Cluster.ActivationCount;
        Assert.False(_host.Report("nobody", new LegHeld(Caller)));
        Assert.Null(_host.Get(() => _host.Call("nobody").GetView()));
        _host.Do(() => _host.Call("nobody").HangUp(CallEnd.ServerStopped));
        Assert.Equal(before, _host.Cluster.ActivationCount);
    }

    [Fact]
    public void A_call_of_another_tenant_than_its_key_is_refused() => Assert.ThrowsAny<Exception>(() => _host.Do(() => _host.Cluster.Grains.GetGrain<ICallGrain>("other/c1")
        .Start(new StartCall(Caller, "n1", "acme", "101", "", "102", new EndpointId("n1", 1), []))));

    [Fact]
    public void A_call_leaves_memory_when_it_is_over()
    {
        _host.Register("102", "desk");
        _host.Get(() => _host.User("101").GetView());
        _host.Get(() => _host.Cluster.Grains.GetGrain<IPresenceGrain>("acme/101").Get());
        var before = _host.Cluster.ActivationCount;
        _host.Start("c1", "102");
        _host.Do(() => _host.Call("c1").HangUp(CallEnd.ServerStopped));
        Assert.Equal(before, _host.Cluster.ActivationCount);
    }

    [Fact]
    public void Star_43_answers_beeps_and_echoes()
    {
        _host.Start("c1", "*43");
        Assert.True(_host.Report("c1", new LegPlaybackFinished(Caller)));
        Assert.Equal(["Answer caller best *43", "Play n1#1 Beep", "Echo n1#1"], _host.Node.Told);
        Assert.Equal(PresenceState.OnCall, _host.Get(() => _host.User("101").GetView()).Presence.State);
        Assert.True(_host.Report("c1", new LegEnded(Caller, CallEnd.Completed)));
        Assert.Equal("101", Assert.Single(_host.Journal.EntriesOf("acme/c1")).Extension);
    }

    [Fact]
    public void Star_76_turns_do_not_disturb_on_and_the_next_time_off()
    {
        _host.Start("c1", "*76");
        Assert.True(_host.Get(() => _host.User("101").GetView()).DoNotDisturb);
        _host.Report("c1", new LegPlaybackFinished(Caller));
        _host.Start("c2", "*76");
        Assert.False(_host.Get(() => _host.User("101").GetView()).DoNotDisturb);
        // The end of the second sound gets lost.
        _host.Wait(CallMachine.PlaybackLimit);
        Assert.Equal(
            [
                "Answer caller best *76", "Play n1#1 ConfirmOn", "End caller Completed",
                "Answer caller best *76", "Play n1#1 ConfirmOff", "End caller Completed",
            ],
            _host.Node.Told);
    }

    [Fact]
    public void An_unknown_number_is_not_found()
    {
        _host.Start("c1", "999");
        Assert.Equal(["End caller NotFound"], _host.Node.Told);
        Assert.Equal(CallEnd.NotFound, Assert.Single(_host.Journal.EntriesOf("acme/c1")).End);
    }

    [Fact]
    public void A_call_whose_activation_went_comes_back_from_the_journal_and_asks_again_for_all()
    {
        Connect();
        _host.Node.Told.Clear();
        Assert.True(_host.Cluster.Deactivate(_host.Call("c1")));
        _host.Wait(TimeSpan.Zero);
        Assert.Equal(["Answer caller PCMU 102", "Connect n1#1 n1#2"], _host.Node.Told);
        Assert.True(_host.Report("c1", new LegHeld(Caller)));
        Assert.Contains("Play n1#2 HoldMusic", _host.Node.Told);
    }

    [Fact]
    public void A_call_that_came_back_soon_looks_which_legs_are_left()
    {
        Connect();
        Assert.True(_host.Cluster.Deactivate(_host.Call("c1")));
        _host.Node.Held.Remove(First);
        _host.Wait(TimeSpan.FromSeconds(3));
        Assert.Equal(CallEnd.EdgeLost, _host.Journal.EntryOf("acme/c1", "102")!.End);
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(40, 0)]
    [InlineData(-5, 30)]
    public void An_end_that_is_told_late_is_written_as_of_when_it_was(int secondsAgo, int spoken)
    {
        Connect();
        _host.Wait(TimeSpan.FromSeconds(30));
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed, _host.Now - TimeSpan.FromSeconds(secondsAgo)));
        Assert.All(_host.Journal.EntriesOf("acme/c1"), entry => Assert.Equal(TimeSpan.FromSeconds(spoken), entry.Duration));
    }

    [Fact]
    public void A_phone_with_two_flows_is_rung_by_the_other_when_the_node_of_the_first_hangs()
    {
        var hung = new TestNode("n2") { Hangs = true };
        _host.Attach(hung);
        _host.Register("102", "desk", instance: "phone");
        _host.Wait(TimeSpan.FromSeconds(1));
        _host.Register("102", "desk-2", node: "n2", instance: "phone");
        _host.Start("c1", "102");
        Assert.Equal(["Ring c1-1 desk-2"], hung.Told);
        _host.Wait(TimeSpan.FromSeconds(2.5));
        Assert.Contains("Ring c1-2 desk", _host.Node.Told);
        Assert.True(_host.Report("c1", new LegAnswered(Second, new EndpointId("n1", 2), Pcmu)));
        _host.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(CallPhase.Connected, _host.Get(() => _host.Call("c1").GetView())!.Phase);
    }

    public void Dispose() => _host.Dispose();

    private void Connect()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Report("c1", new LegRinging(First));
        _host.Report("c1", new LegAnswered(First, new EndpointId("n1", 2), Pcmu));
    }
}
