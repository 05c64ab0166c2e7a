using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Calls;

/// <summary>A party outside has a leg and no user: what a user would get is given to nobody, and all else is as for everybody.</summary>
[Trait("Feature", "XFR-09")]
public sealed class OutsideCallTests : IDisposable
{
    private static readonly LegId Caller = new("caller");
    private static readonly LegId First = new("c1-1");
    private static readonly LegId Second = new("c1-2");
    private static readonly MediaCodec Pcmu = new("PCMU", 8000);
    private static readonly EndpointId There = new("n1", 2);

    private readonly TestHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_number_outside_is_rung_by_the_trunk_from_the_callers_node_and_is_in_the_callers_history_alone()
    {
        _host.Start("c1", "(0) 441");
        Assert.Equal(["Ring c1-1 trunk:out"], _host.Node.Told);
        _host.Report("c1", new LegRinging(First));
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
        var view = _host.Get(_host.Call("c1").GetView)!;
        Assert.Equal(["101", null], view.Parties.Select(party => party.Extension));
        Assert.Equal(new Party("0441", ""), view.Parties[1].Party);
        _host.Wait(TimeSpan.FromSeconds(10));
        _host.Report("c1", new LegEnded(First, CallEnd.Completed));
        Assert.Equal(["Ring c1-1 trunk:out", "ShowRinging caller", "Answer caller PCMU 0441", "Connect n1#1 n1#2", "End caller Completed"], _host.Node.Told);
        var entry = Assert.Single(_host.Journal.EntriesOf("acme/c1"));
        Assert.Equal(("101", "0441", "+49301", TimeSpan.FromSeconds(10), CallEnd.Completed), (entry.Extension, entry.Peer.Number, entry.Line, entry.Duration, entry.End));
    }

    [Fact]
    public void A_number_that_is_not_there_and_one_that_nobody_answers_are_told_apart()
    {
        _host.Start("c1", "0441");
        _host.Report("c1", new LegEnded(First, CallEnd.NotFound));
        Assert.Equal("End caller NotFound", _host.Node.Told[^1]);
        _host.Node.Held.Add(Caller);
        _host.Start("c2", "0441");
        _host.Report("c2", new LegRinging(new LegId("c2-1")));
        _host.Wait(TimeSpan.FromSeconds(61));
        Assert.Contains("End c2-1 NoAnswer", _host.Node.Told);
    }

    [Fact]
    public void The_trunk_may_be_gone_when_the_number_is_rung()
    {
        _host.Node.BrokenDevices.Add("trunk:out");
        _host.Start("c1", "0441");
        Assert.Equal("End caller Unreachable", _host.Node.Told[^1]);
    }

    [Fact]
    public void A_call_from_outside_asks_no_user_and_is_in_the_callees_history_alone()
    {
        _host.Register("102", "desk");
        ComesIn("c1", "+4930102");
        Assert.Equal(["Ring c1-1 desk"], _host.Node.Told);
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
        Assert.Equal([null, "102"], _host.Get(_host.Call("c1").GetView)!.Parties.Select(party => party.Extension));
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        var entry = Assert.Single(_host.Journal.EntriesOf("acme/c1"));
        Assert.Equal(("102", CallDirection.Inbound, "+494400", "+4930102"), (entry.Extension, entry.Direction, entry.Peer.Number, entry.Line));
    }

    [Theory]
    [InlineData("+49300")]
    [InlineData("+493076")]
    [InlineData("0441")]
    public void A_call_from_outside_never_gets_back_outside_nor_to_a_code(string number)
    {
        ComesIn("c1", number);
        Assert.Equal(["End caller NotFound"], _host.Node.Told);
        Assert.Empty(_host.Journal.EntriesOf("acme/c1"));
    }

    [Fact]
    public void A_blind_transfer_sends_the_caller_outside_and_back_when_nobody_takes_them_there()
    {
        Connect();
        _host.Do(() => _host.Call("c1").Transfer(new TransferRequest("t1", First, "0441", null)));
        Assert.Contains("Ring c1-2 trunk:out", _host.Node.Told);
        _host.Report("c1", new LegEnded(Second, CallEnd.Busy));
        Assert.Contains("TransferChanged c1-1 Failed Busy", _host.Node.Told);
        Assert.Equal(2, _host.Node.Told.Count(told => told == "Connect n1#1 n1#2"));
        Assert.Equal(["101", "102"], _host.Get(_host.Call("c1").GetView)!.Parties.Select(party => party.Extension));
    }

    [Fact]
    public void Two_outside_go_on_without_any_user_and_the_call_ends_with_them()
    {
        _host.Register("102", "desk");
        ComesIn("c1", "+4930102");
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
        _host.Do(() => _host.Call("c1").Transfer(new TransferRequest("t1", First, "0441", null)));
        _host.Report("c1", new LegRinging(Second));
        _host.Report("c1", new LegAnswered(Second, new EndpointId("n1", 3), Pcmu));
        Assert.Equal([null, null], _host.Get(_host.Call("c1").GetView)!.Parties.Select(party => party.Extension));
        // Hold of theirs rings nobody, and their keys mean nothing here.
        _host.Report("c1", new LegHeld(Second));
        _host.Report("c1", new LegDigit(Caller, '*'));
        _host.Report("c1", new LegDigit(Caller, '3'));
        _host.Wait(TimeSpan.FromMinutes(5));
        _host.Report("c1", new LegResumed(Second));
        Assert.Empty(_host.Node.Recorder.Told);
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        Assert.Equal("End c1-2 Completed", _host.Node.Told[^1]);
        Assert.Equal(["102"], _host.Journal.EntriesOf("acme/c1").Select(entry => entry.Extension));
        Assert.Empty(_host.Journal.LiveCalls);
    }

    [Fact]
    public void A_call_that_rings_outside_comes_back_from_the_journal_and_rings_there()
    {
        _host.Start("c1", "0441");
        _host.Crash();
        _host.Node.Told.Clear();
        _host.Node.Held.Add(First);
        Assert.NotNull(_host.Get(_host.Call("c1").GetView));
        Assert.Contains("Ring c1-1 trunk:out", _host.Node.Told);
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
        Assert.Contains("Connect n1#1 n1#2", _host.Node.Told);
    }

    [Fact]
    public void P21_calls_to_and_from_outside_are_recorded_as_the_policy_says_of_each()
    {
        _host.Directory.Recording = RecordingPolicy.Default with { Modes = new RecordingModes(RecordingWhen.Never, RecordingWhen.OnDemand, RecordingWhen.Always) };
        _host.Start("c1", "0441");
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
        Assert.Equal(["Record n1#1 r1"], _host.Node.Recorder.Told);
        _host.Register("102", "desk");
        ComesIn("c2", "+4930102");
        _host.Report("c2", new LegAnswered(new LegId("c2-1"), new EndpointId("n1", 4), Pcmu));
        Assert.Single(_host.Node.Recorder.Told);
        Assert.Equal(RecordingRefusal.None, _host.Get(() => _host.Call("c2").Record("102", RecordingAct.Start)));
        Assert.Equal(2, _host.Node.Recorder.Told.Count);
    }

    [Fact]
    public void CTL_08_somebody_outside_is_called_into_a_conference()
    {
        Connect();
        _host.Do(() => _host.Call("c1").Transfer(new TransferRequest("t1", First, "0441", null, MoveKind.Merge)));
        var ring = Assert.Single(_host.Node.Told, told => told.EndsWith(" trunk:out", StringComparison.Ordinal));
        var leg = ring.Split(' ')[1];
        var id = leg[..leg.LastIndexOf('-')];
        _host.Report(id, new LegAnswered(new LegId(leg), new EndpointId("n1", 3), Pcmu));
        var room = _host.Get(_host.Call("c1").GetView)!.Room!;
        var members = _host.Get(_host.Cluster.Grains.GetGrain<Webphone.Grains.Rooms.IRoomGrain>($"acme/{room}").GetView).Members;
        Assert.Equal(["", "101", "102"], members.Select(member => member.Extension).Order());
        Assert.Equal("0441", members.Single(member => member.Extension.Length == 0).Party.Number);
        Assert.Contains("TransferChanged c1-1 Done None", _host.Node.Told);
    }

    private void Connect()
    {
        _host.Register("102", "desk");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, There, Pcmu));
    }

    private void ComesIn(string id, string number) => _host.Do(() => _host.Call(id).Start(new StartCall(
        Caller, "n1", "acme", "", "gateway", number, new EndpointId("n1", 1), [Pcmu], Outside: new OutsideCaller("out", new Party("+494400", "Clara")))));
}
