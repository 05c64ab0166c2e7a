using System.Text.Json;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Calls;

public class CallMachineTests
{
    private static readonly DateTimeOffset Later = Sample.Noon + TimeSpan.FromSeconds(10);

    [Fact]
    public void Of_two_answers_the_first_wins_and_the_other_is_ended_as_answered_elsewhere()
    {
        var first = CallMachine.Step(Sample.Ringing(), new LegReported(new LegAnswered(Sample.B, Sample.EndpointB, Sample.Pcmu)), Later);
        var second = CallMachine.Step(first.State, new LegReported(new LegAnswered(Sample.A, Sample.EndpointA, Sample.Pcmu)), Later);

        Assert.Equal(Sample.B, first.State.AnsweredBy);
        Assert.Equal(new EndLeg(Sample.A, "n1", CallEnd.AnsweredElsewhere), Assert.Single(first.Effects<EndLeg>()));
        Assert.Equal(Sample.B, second.State.AnsweredBy);
        Assert.False(second.State.Owns(Sample.A));
        Assert.Empty(second.Effects);
    }

    [Fact]
    public void A_cancel_that_crosses_the_answer_leaves_a_call_that_nobody_spoke_in()
    {
        var step = CallMachine.Step(Sample.Connected(), new LegReported(new LegEnded(Sample.C, CallEnd.Cancelled)), Later);

        Assert.Equal(CallEnd.Cancelled, step.State.End);
        Assert.All(CallHistory.EntriesOf(step.State), entry => Assert.Equal(TimeSpan.Zero, entry.Duration));
        Assert.All(CallHistory.EntriesOf(step.State), entry => Assert.Null(entry.AnsweredAt));
        Assert.Equal(new EndLeg(Sample.A, "n1", CallEnd.Cancelled), Assert.Single(step.Effects<EndLeg>()));
    }

    [Theory]
    [InlineData(CallEnd.Busy, CallEnd.Busy, CallEnd.Busy)]
    [InlineData(CallEnd.Busy, CallEnd.Unreachable, CallEnd.Busy)]
    [InlineData(CallEnd.EdgeLost, CallEnd.Unreachable, CallEnd.Unreachable)]
    [InlineData(CallEnd.NotFound, CallEnd.Failed, CallEnd.Failed)]
    [InlineData(CallEnd.NoAnswer, CallEnd.Unreachable, CallEnd.NoAnswer)]
    [InlineData(CallEnd.NoCommonMedia, CallEnd.NoCommonMedia, CallEnd.NoCommonMedia)]
    [InlineData(CallEnd.Completed, CallEnd.Completed, CallEnd.Declined)]
    public void The_caller_hears_what_says_most_when_all_devices_are_gone(CallEnd first, CallEnd second, CallEnd heard)
    {
        var plan = Sample.Plan with { Devices = [Sample.Device("a", "n1"), Sample.Device("b", "n2")] };
        var state = Sample.AskingCallee().After(
            new CalleeDecided(plan),
            new LegReported(new LegEnded(Sample.A, first)),
            new LegReported(new LegEnded(Sample.B, second)));

        Assert.Equal(heard, state.End);
        Assert.Equal(CallStage.Ending, state.Stage);
    }

    [Trait("Feature", "XFR-08")]
    [Theory]
    [InlineData(CallEnd.NotFound, CallEnd.NotFound, CallEnd.NotFound, CallEnd.Unreachable)]
    [InlineData(CallEnd.NotFound, CallEnd.Unreachable, CallEnd.Unreachable, CallEnd.Unreachable)]
    [InlineData(CallEnd.NotFound, CallEnd.Busy, CallEnd.Busy, CallEnd.Busy)]
    public void Who_transferred_is_told_that_the_target_is_unknown_when_all_of_its_phones_say_so(CallEnd first, CallEnd second, CallEnd told, CallEnd written)
    {
        var ringing = Sample.TransferRinging().After(new LegReported(new LegEnded(new LegId("c1-4"), first)));
        var step = CallMachine.Step(ringing, new LegReported(new LegEnded(new LegId("c1-5"), second)), Later);

        Assert.Equal((CallStage.Connected, told), (step.State.Stage, Assert.Single(step.Effects<TellTransfer>()).News.Reason));
        Assert.Equal(written, CallHistory.EntriesOf(step.State).Single(entry => entry.Extension == "103").End);
    }

    [Fact]
    public void A_busy_device_leaves_the_others_ringing_and_a_decline_stops_all()
    {
        var busy = Sample.AskingCallee().After(new CalleeDecided(Sample.Plan), new LegReported(new LegEnded(Sample.A, CallEnd.Busy)));
        Assert.Equal(CallStage.Ringing, busy.Stage);

        var declined = CallMachine.Step(busy, new LegReported(new LegEnded(Sample.B, CallEnd.Declined)), Later);
        Assert.Equal(CallEnd.Declined, declined.State.End);
        Assert.Equal([Sample.C, Sample.D], declined.Effects<EndLeg>().Select(end => end.Leg));
    }

    [Fact]
    public void Ringing_that_no_phone_ever_heard_is_unreachable_and_not_unanswered()
    {
        var silent = Sample.AskingCallee().After(new CalleeDecided(Sample.Plan), new TimerFired(CallTimers.Ring));
        Assert.Equal(CallEnd.Unreachable, silent.End);
        Assert.Equal(CallEnd.NoAnswer, Sample.Ringing().After(new TimerFired(CallTimers.Ring)).End);
    }

    [Fact]
    public void A_call_to_oneself_rings_the_other_devices_and_is_one_entry()
    {
        var start = CallMachine.Start(Sample.Key, new CallStarted(Sample.Request("101"), new Destination.User("101")), Sample.Noon).State;
        var plan = Sample.Plan with { Devices = [Sample.Device("a101", "n1"), Sample.Device("b101", "n2")] };
        var step = CallMachine.Step(start.After(new CallerDecided(Sample.Allowed)), new CalleeDecided(plan), Later);

        Assert.Equal("b101", Assert.Single(step.Effects<RingDevice>()).Ring.Binding.Id);
        var entry = Assert.Single(CallHistory.EntriesOf(step.State));
        Assert.Equal(CallDirection.Outbound, entry.Direction);
        Assert.Equal(["101"], CallViews.UsersOf(step.State));
    }

    [Fact]
    public void Both_sides_may_hold_and_media_follows_the_table_from_every_line_of_it()
    {
        var state = Sample.Connected();
        (state, var effects) = CallMachine.Step(state, new LegReported(new LegHeld(Sample.C)), Later);
        Assert.Contains(new PlayMedia(Sample.EndpointA, MediaSource.HoldMusic("acme")), effects);
        (state, effects) = CallMachine.Step(state, new LegReported(new LegHeld(Sample.A)), Later);
        Assert.Equal([new DisconnectMedia(Sample.EndpointC), new DisconnectMedia(Sample.EndpointA)], effects.OfType<MediaCommand>());
        (state, effects) = CallMachine.Step(state, new LegReported(new LegResumed(Sample.C)), Later);
        Assert.Contains(new PlayMedia(Sample.EndpointC, MediaSource.HoldMusic("acme")), effects);
        (_, effects) = CallMachine.Step(state, new LegReported(new LegResumed(Sample.A)), Later);
        Assert.Equal([new ConnectMedia(Sample.EndpointC, Sample.EndpointA)], effects.OfType<MediaCommand>());
    }

    [Fact]
    public void Setting_do_not_disturb_again_after_a_recovery_sets_the_same()
    {
        var again = CallMachine.Step(Sample.Setting(), new Recovered(), Later);
        Assert.Equal(new SetDoNotDisturb("101", true), Assert.Single(again.Effects<SetDoNotDisturb>()));
    }

    [Fact]
    public void A_recovered_call_rings_on_for_what_was_left_of_the_time()
    {
        var step = CallMachine.Step(Sample.Ringing(), new Recovered(), Sample.Noon + TimeSpan.FromSeconds(21));
        Assert.Contains(new StartTimer(CallTimers.Ring, TimeSpan.FromSeconds(10)), step.Effects);
        Assert.Equal(Sample.A, Assert.Single(step.Effects<RingDevice>()).Leg);
    }

    [Fact]
    public void Each_user_of_a_call_has_one_entry_with_their_direction_and_peer()
    {
        var state = Sample.Connected() with { AnsweredAt = Sample.Noon + TimeSpan.FromSeconds(3) };
        var over = CallMachine.Step(state, new LegReported(new LegEnded(Sample.A, CallEnd.Completed)), Sample.Noon + TimeSpan.FromSeconds(63)).State;

        Assert.Equal(
            [
                new HistoryEntry(Sample.Key, "101", CallDirection.Outbound, new Party("102", "Bob"), "101", Sample.Noon, over.AnsweredAt, over.EndedAt, CallEnd.Completed),
                new HistoryEntry(Sample.Key, "102", CallDirection.Inbound, new Party("101", "Ann"), "102", Sample.Noon, over.AnsweredAt, over.EndedAt, CallEnd.Completed),
            ],
            CallHistory.EntriesOf(over));
        Assert.Equal(TimeSpan.FromSeconds(60), CallHistory.EntriesOf(over)[0].Duration);
    }

    [Fact]
    public void A_caller_who_may_not_call_leaves_the_callee_out_of_it()
    {
        var refused = Sample.AskingCaller().After(new CallerDecided(Sample.Allowed with { Refusal = CallEnd.Forbidden }));
        Assert.Equal("101", Assert.Single(CallHistory.EntriesOf(refused)).Extension);
        Assert.Equal(["101"], CallViews.UsersOf(refused));
    }

    [Fact]
    public void A_call_refused_for_do_not_disturb_is_in_the_history_of_both()
    {
        var refused = Sample.AskingCallee().After(new CalleeDecided(new RingPlan(CallEnd.DoNotDisturb, new Party("102", "Bob"), [], TimeSpan.Zero)));
        Assert.Equal(["101", "102"], CallHistory.EntriesOf(refused).Select(entry => entry.Extension));
        Assert.All(CallHistory.EntriesOf(refused), entry => Assert.Equal(CallEnd.DoNotDisturb, entry.End));
    }

    [Fact]
    public void Every_change_that_users_see_has_a_higher_version()
    {
        var state = Sample.AskingCaller();
        foreach (var input in new CallEvent[]
        {
            new CallerDecided(Sample.Allowed), new CalleeDecided(Sample.Plan), new LegReported(new LegRinging(Sample.A)),
            new LegReported(new LegAnswered(Sample.A, Sample.EndpointA, Sample.Pcmu)), new LegReported(new LegHeld(Sample.A)),
            new LegReported(new LegEnded(Sample.C, CallEnd.Completed)),
        })
        {
            var step = CallMachine.Step(state, input, Sample.Noon);
            Assert.Equal(step.Effects.Contains(PublishView.It), step.State.Version > state.Version);
            state = step.State;
        }
    }

    [Fact]
    public void A_party_from_another_call_is_claimed_again_after_the_call_was_read_back()
    {
        var offerForCaller = new PartyOffered(new AdoptRequest("t2", Sample.Stranger, Sample.C));
        var offerForCallee = new PartyOffered(new AdoptRequest("t2", Sample.Stranger, Sample.A));
        CallState[] states =
            [Sample.AskingCallee().After(offerForCaller), Sample.Ringing().After(offerForCaller), Sample.Connected().After(offerForCaller), Sample.Connected().After(offerForCallee)];
        foreach (var state in states)
            Assert.Equal(Sample.Stranger.Leg, Assert.Single(CallMachine.Step(state, new Recovered(), Sample.Noon).Effects<MoveLeg>()).Leg);
        Assert.Empty(CallMachine.Step(Sample.Transferred(), new Recovered(), Sample.Noon).Effects<MoveLeg>());
    }

    [Fact]
    public void Every_state_survives_being_kept_as_json()
    {
        CallState[] states =
        [
            Sample.AskingCaller(), Sample.Ringing(), Sample.Connected(), Sample.Ending(), Sample.Confirming(), Sample.Transferring(), Sample.Transferred(),
            Sample.Giving().After(new LegReported(new LegHeld(Sample.A)), new LegReported(new LegEnded(Sample.A, CallEnd.MediaTimeout))),
        ];
        foreach (var state in states)
        {
            var json = JsonSerializer.Serialize(state);
            var back = JsonSerializer.Deserialize<CallState>(json)!;
            Assert.Equal(json, JsonSerializer.Serialize(back));
            Assert.Equal(state.Answerer?.Id, back.Answerer?.Id);
        }
    }
}
