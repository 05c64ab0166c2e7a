using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Calls;

/// <summary>How users hear of their calls. The caller is on node n1, where the call is; the callee's phone is on n2, which most tests keep from passing anything on.</summary>
public sealed class CallTellingTests : IDisposable
{
    private static readonly LegId Caller = new("caller");
    private static readonly LegId First = new("c1-1");
    private static readonly MediaCodec Pcmu = new("PCMU", 8000);

    private readonly TestHost _host = new();
    private readonly TestNode _far = new("n2");

    public CallTellingTests()
    {
        _host.Attach(_far);
        _far.Users = null;
        _host.Register("102", "desk", node: "n2");
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void The_callee_hears_of_the_call_by_the_node_that_rings_their_phone()
    {
        _host.Start("c1", "102");
        var news = Assert.Single(_far.News);
        Assert.Equal(("acme/102", "acme/c1", CallPhase.Ringing), (news.UserKey, news.View.CallKey, news.View.Phase));
        Assert.Empty(CallsOf("102"));
        Assert.Single(CallsOf("101"));
    }

    [Fact]
    public void Who_reports_takes_along_how_the_call_stands_then()
    {
        _host.Start("c1", "102");
        Assert.Equal(LegPhase.Ringing, Told(new LegRinging(First)));
        Assert.Equal(LegPhase.Connected, Told(Answered()));
        Assert.Equal(LegPhase.Holding, Told(new LegHeld(First)));
        Assert.Equal(CallPhase.Connected, Assert.Single(CallsOf("101")).Phase);
        Assert.Empty(CallsOf("102"));
    }

    [Fact]
    public void A_report_that_changes_nothing_brings_no_news()
    {
        _host.Start("c1", "102");
        Assert.Null(_host.Get(() => _host.Call("c1").Report(new LegAlive(First))).News);
        Told(new LegRinging(First));
        Assert.Equal(ReportAnswer.Taken, _host.Get(() => _host.Call("c1").Report(new LegRinging(First))));
    }

    [Fact]
    public void What_happens_at_the_other_side_is_told_at_once()
    {
        Connect();
        _host.Report("c1", new LegHeld(Caller));
        Assert.Equal(LegPhase.Holding, Assert.Single(CallsOf("102")).Parties.Single(party => party.IsCaller).Phase);
    }

    [Fact]
    public void Who_is_hung_up_hears_of_it_by_the_node_that_ends_their_leg()
    {
        Connect();
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        Assert.Equal(("acme/102", CallPhase.Ended), (_far.News[^1].UserKey, _far.News[^1].View.Phase));
    }

    [Fact]
    public void An_end_that_the_node_does_not_pass_on_is_told_by_the_call()
    {
        Connect();
        Assert.Single(CallsOf("102"));
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        Assert.Empty(CallsOf("102"));
    }

    [Fact]
    public void An_end_that_the_node_does_not_answer_is_told_by_the_call_within_the_time_for_a_command()
    {
        Connect();
        _far.Hangs = true;
        _host.Report("c1", new LegEnded(Caller, CallEnd.Completed));
        Assert.Single(CallsOf("102"));
        _host.Wait(EdgeLimits.CommandTimeout + TimeSpan.FromSeconds(0.1));
        Assert.Empty(CallsOf("102"));
    }

    [Fact]
    public void Who_hangs_up_hears_of_the_end_from_the_call_which_makes_sure_of_it()
    {
        Connect();
        var answer = _host.Get(() => _host.Call("c1").Report(new LegEnded(First, CallEnd.Completed)));
        Assert.Null(answer.News);
        Assert.Empty(CallsOf("102"));
    }

    [Fact]
    public void A_phone_that_rings_at_once_needs_no_report()
    {
        _far.RingSays = RingAnswer.Rings;
        _host.Start("c1", "102");
        Assert.Contains("ShowRinging caller", _host.Node.Told);
        Assert.Equal(LegPhase.Ringing, Assert.Single(CallsOf("102")).Parties.Single(party => !party.IsCaller).Phase);
    }

    [Fact]
    public void An_answer_that_comes_before_that_of_the_ring_lets_the_caller_hear_both_in_order()
    {
        _far.RingSays = null;
        _host.Start("c1", "102");
        Assert.True(_host.Report("c1", new LegAnswered(First, new EndpointId("n2", 7), Pcmu, Rang: true)));
        Assert.Equal(["ShowRinging caller", "Answer caller PCMU 102"], _host.Node.Told.Where(told => told.EndsWith("caller", StringComparison.Ordinal) || told.StartsWith("Answer", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_caller_who_gives_up_does_not_wait_for_a_phone_that_is_slow_to_ring()
    {
        _far.RingSays = null;
        _host.Start("c1", "102");
        _host.Report("c1", new LegEnded(Caller, CallEnd.Cancelled));
        Assert.Equal("End c1-1 Cancelled", _far.Told[^1]);
        Assert.All(_host.Journal.LiveCalls, call => Assert.NotNull(call.State.EndedAt));
    }

    [Fact]
    public void A_leg_is_told_where_its_call_is_unless_that_is_its_own_node()
    {
        _host.Register("102", "near");
        _host.Start("c1", "102");
        Assert.Equal("n1", Assert.Single(_far.Rung).Near);
        Assert.Null(Assert.Single(_host.Node.Rung).Near);
    }

    private static LegAnswered Answered() => new(First, new EndpointId("n2", 7), Pcmu);

    private void Connect()
    {
        _host.Start("c1", "102");
        _host.Report("c1", new LegRinging(First));
        _host.Report("c1", Answered());
    }

    private CallView[] CallsOf(string extension) => [.. _host.Get(() => _host.User(extension).GetView()).Calls];

    /// <summary>The callee's part as the answer to the report has it, which nobody passes on.</summary>
    private LegPhase Told(LegEvent happened)
    {
        var news = _host.Get(() => _host.Call("c1").Report(happened)).News;
        Assert.Equal("acme/102", news?.UserKey);
        return news!.View.Parties.Single(party => !party.IsCaller).Phase;
    }
}
