using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Recordings;

/// <summary>CTL-12, P21: when a party of a call is recorded, and where the recording goes.</summary>
public sealed class CallRecordingTests : IDisposable
{
    private static readonly LegId Caller = new("caller");
    private static readonly LegId First = new("c1-1");
    private static readonly LegId Second = new("c1-2");
    private static readonly MediaCodec Pcmu = new("PCMU", 8000);
    private static readonly RecordingModes Always = new(RecordingWhen.Always, RecordingWhen.Always, RecordingWhen.Always);
    private static readonly RecordingModes Never = new(RecordingWhen.Never, RecordingWhen.Never, RecordingWhen.Never);

    private readonly TestHost _host = new();

    public void Dispose() => _host.Dispose();

    private List<string> Told => _host.Node.Recorder.Told;

    [Fact]
    public void CTL_12_a_user_starts_and_stops_the_recording_of_their_side()
    {
        Connect();
        Assert.Empty(Told);
        Assert.Equal(RecordingRefusal.None, Ask("102", RecordingAct.Start));
        Assert.Equal((RecordingPhase.On, false), (Of("102")!.Phase, Of("102")!.Automatic));
        Assert.Null(Of("101"));
        Assert.Equal(RecordingRefusal.None, Ask("102", RecordingAct.Start));
        Assert.Equal(RecordingRefusal.None, Ask("102", RecordingAct.Stop));
        Assert.Null(Of("102"));
        Assert.Equal(["Record n1#2 r1", "Stop n1#2 r1"], Told);
        var order = Assert.Single(_host.Node.Recorder.Orders);
        Assert.Equal(("acme", "102", "acme/c1", CallDirection.Inbound, "101"), (order.Tenant, order.Extension, order.CallKey, order.Direction, order.Peer.Number));
        Assert.True(Browsers.SessionKey.IsId(order.Id));
    }

    [Fact]
    public void P21_what_the_policy_records_begins_with_the_answer_and_is_not_stopped()
    {
        _host.Directory.Recording = RecordingPolicy.Default with { Modes = Always };
        _host.Directory.Change("102", user => user with { Recording = Never });
        Connect();
        Assert.Equal(["Record n1#1 r1"], Told);
        Assert.True(Of("101")!.Automatic);
        Assert.Equal(RecordingRefusal.Forbidden, Ask("101", RecordingAct.Stop));
        Assert.Equal(RecordingRefusal.Forbidden, Ask("102", RecordingAct.Start));
        Assert.Equal(RecordingRefusal.NotFound, Ask("103", RecordingAct.Start));
        Assert.Equal(["Record n1#1 r1"], Told);
    }

    [Fact]
    public void P21_a_recording_is_paused_and_resumed_where_that_is_allowed()
    {
        _host.Directory.Recording = RecordingPolicy.Default with { Modes = Always };
        _host.Directory.Change("101", user => user with { Recording = Never });
        Connect();
        Assert.Equal(RecordingRefusal.None, Ask("102", RecordingAct.Pause));
        Assert.Equal(RecordingPhase.Paused, Of("102")!.Phase);
        Assert.Equal(RecordingRefusal.None, Ask("102", RecordingAct.Resume));
        Assert.Equal(RecordingPhase.On, Of("102")!.Phase);
        Assert.Equal(["Record n1#2 r1", "Pause n1#2 r1", "Resume n1#2 r1"], Told);
        _host.Directory.Recording = _host.Directory.Recording with { MayPause = false };
        Assert.Equal(RecordingRefusal.Forbidden, Ask("102", RecordingAct.Pause));
    }

    [Fact]
    public void P21_a_node_that_cannot_record_is_told_and_the_call_goes_on()
    {
        _host.Node.Recorder.Refuses = true;
        Connect();
        Ask("101", RecordingAct.Start);
        Assert.Equal(RecordingPhase.Failed, Of("101")!.Phase);
        Assert.Equal(CallPhase.Connected, View().Phase);
        _host.Node.Recorder.Refuses = false;
        Ask("101", RecordingAct.Start);
        Assert.Equal(RecordingPhase.On, Of("101")!.Phase);
    }

    [Fact]
    public void P21_star_three_starts_and_stops_and_pauses_what_cannot_be_stopped()
    {
        _host.Directory.Recording = RecordingPolicy.Default with { Notice = RecordingNotice.None };
        Connect();
        Press(Caller, "*3");
        Press(Caller, "3*");
        Press(Caller, "3");
        _host.Directory.Change("101", user => user with { Recording = Always });
        Assert.Equal(["Record n1#1 r1", "Cue n1#1 ConfirmOn", "Stop n1#1 r1", "Cue n1#1 ConfirmOff"], Told);
        Told.Clear();
        _host.Directory.Change("102", user => user with { Recording = Never });
        Press(First, "*3");
        Assert.Equal(["Cue n1#2 Refused"], Told);
    }

    [Theory]
    [InlineData(1900, true)]
    [InlineData(2100, false)]
    public void P21_the_three_comes_within_two_seconds_of_the_star(int milliseconds, bool starts)
    {
        Connect();
        Press(Caller, "*");
        _host.Wait(TimeSpan.FromMilliseconds(milliseconds));
        Press(Caller, "3");
        Assert.Equal(starts ? 1 : 0, Told.Count);
    }

    [Fact]
    public void P21_keys_of_two_legs_are_no_code_together_and_other_keys_between_break_it()
    {
        Connect();
        Press(Caller, "*");
        Press(First, "3");
        Press(First, "*1");
        Press(First, "3");
        Assert.Empty(Told);
    }

    [Fact]
    public void P21_hold_changes_nothing_and_the_recording_ends_with_the_call()
    {
        Connect();
        Ask("101", RecordingAct.Start);
        _host.Report("c1", new LegHeld(Caller));
        Assert.Equal(RecordingPhase.On, Of("101")!.Phase);
        _host.Report("c1", new LegResumed(Caller));
        _host.Report("c1", new LegEnded(First, CallEnd.Completed));
        Assert.Equal(["Record n1#1 r1"], Told);
        Assert.Equal(RecordingRefusal.NotFound, Ask("101", RecordingAct.Stop));
    }

    [Fact]
    public void P21_after_a_transfer_the_one_who_stays_is_recorded_on_the_one_who_left_is_not_and_the_new_one_as_the_policy_says()
    {
        _host.Directory.Change("103", user => user with { Recording = Always });
        _host.Register("103", "hall");
        Connect();
        Ask("101", RecordingAct.Start);
        Ask("102", RecordingAct.Start);
        _host.Do(() => _host.Call("c1").Transfer(new TransferRequest("t1", First, "103", null)));
        _host.Report("c1", new LegRinging(Second));
        _host.Report("c1", new LegAnswered(Second, new EndpointId("n1", 3), Pcmu));
        Assert.Equal(["Record n1#1 r1", "Record n1#2 r2", "Record n1#3 r3"], Told);
        Assert.Equal((RecordingPhase.On, RecordingPhase.On), (Of("101")!.Phase, Of("103")!.Phase));
    }

    [Fact]
    public void P21_a_recording_goes_with_its_party_to_another_call()
    {
        _host.Register("102", "desk");
        _host.Register("103", "hall");
        Connect();
        Ask("101", RecordingAct.Start);
        _host.Do(() => _host.Call("c2").Start(new StartCall(
            new LegId("consulting"), "n1", "acme", "102", "desk", "103", new EndpointId("n1", 12), [Pcmu])));
        _host.Node.Held.Add(new LegId("consulting"));
        _host.Report("c2", new LegAnswered(new LegId("c2-1"), new EndpointId("n1", 13), Pcmu));
        _host.Do(() => _host.Call("c1").Transfer(new TransferRequest("t1", First, "", new Consultation("acme/c2", new LegId("consulting")))));
        var moved = Of("101", "c2")!;
        Assert.Equal(RecordingPhase.On, moved.Phase);
        Assert.Equal(RecordingRefusal.None, Ask("101", RecordingAct.Stop, "c2"));
        Assert.Equal(["Record n1#1 r1", "Stop n1#1 r1"], Told);
    }

    [Fact]
    public void P21_a_call_that_comes_back_after_a_crash_of_its_grain_asks_again_for_the_same_recording()
    {
        Connect();
        Ask("101", RecordingAct.Start);
        Ask("102", RecordingAct.Start);
        Ask("102", RecordingAct.Pause);
        var orders = _host.Node.Recorder.Orders.ToArray();
        _host.Crash();
        _host.Get(() => _host.Call("c1").GetView());
        Assert.Equal(orders, _host.Node.Recorder.Orders);
        Assert.Equal(["Record n1#1 r1", "Record n1#2 r2 paused"], Told);
        Assert.Equal((RecordingPhase.On, RecordingPhase.Paused), (Of("101")!.Phase, Of("102")!.Phase));
    }

    private void Connect()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, new EndpointId("n1", 2), Pcmu));
        _host.Node.Held.Add(First);
    }

    private void Press(LegId leg, string keys)
    {
        foreach (var key in keys) _host.Report("c1", new LegDigit(leg, key));
    }

    private RecordingRefusal Ask(string extension, RecordingAct act, string call = "c1") => _host.Get(() => _host.Call(call).Record(extension, act));

    private CallView View(string call = "c1") => _host.Get(() => _host.Call(call).GetView())!;

    private RecordingStatus? Of(string extension, string call = "c1") => View(call).Parties.FirstOrDefault(party => party.Extension == extension && party.Phase != LegPhase.Ended)?.Recording;
}
