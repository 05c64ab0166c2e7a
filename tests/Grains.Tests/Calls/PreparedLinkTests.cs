using System.Net;
using System.Text.Json;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Grains.Tests.Calls;

/// <summary>The caller is on node n1, where the call is; phones ring on n2 and n3.</summary>
public sealed class PreparedLinkTests : IDisposable
{
    private const string Waiting = "127.0.0.1:9000";

    private static readonly LegId First = new("c1-1");
    private static readonly LegId Second = new("c1-2");
    private static readonly MediaCodec Pcmu = new("PCMU", 8000);
    private static readonly EndpointId Far = new("n2", 7);
    private static readonly LinkEnd FarEnd = new(new IPEndPoint(IPAddress.Loopback, 5000), [1, 2, 3]);

    private readonly TestHost _host = new();
    private readonly TestNode _far = new("n2");

    public PreparedLinkTests() => _host.Attach(_far);

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Who_answers_on_another_node_is_joined_by_the_end_that_waited_without_a_message_to_their_node()
    {
        Ring();
        Assert.Equal(Waiting, Assert.Single(_far.Rung).Link?.ToString());
        Answer(FarEnd);
        Assert.Equal(["PrepareLink n1#1", "Answer caller PCMU 102", $"JoinPrepared n1#1 {Waiting} to {FarEnd}"], _host.Node.Told);
        Assert.Equal(["Ring c1-1 desk"], _far.Told);
    }

    [Fact]
    public void Phones_of_several_nodes_ring_with_the_same_end_and_the_first_to_answer_is_joined_by_its_own()
    {
        var third = new TestNode("n3");
        _host.Attach(third);
        _host.Register("102", "lamp", node: "n3");
        Ring();
        Assert.Equal([Waiting, Waiting], _far.Rung.Concat(third.Rung).Select(rung => rung.Link?.ToString()));
        Assert.Single(_host.Node.Told, "PrepareLink n1#1");
        var answered = third.Rung[0].Leg;
        _host.Report("c1", new LegAnswered(answered, new EndpointId("n3", 8), Pcmu, FarEnd));
        Assert.Contains($"JoinPrepared n1#1 {Waiting} to {FarEnd}", _host.Node.Told);
        Assert.Contains("End " + (answered == First ? Second : First) + " AnsweredElsewhere", _far.Told);
    }

    [Fact]
    public void A_phone_of_the_callers_node_rings_with_none_and_is_connected_there()
    {
        _host.Register("102", "near");
        _host.Start("c1", "102");
        _host.Report("c1", new LegAnswered(First, new EndpointId("n1", 2), Pcmu));
        Assert.Null(Assert.Single(_host.Node.Rung).Link);
        Assert.DoesNotContain("PrepareLink n1#1", _host.Node.Told);
    }

    [Fact]
    public void A_phone_of_the_callers_node_that_answers_first_is_connected_there_whatever_waits()
    {
        _host.Register("102", "near");
        Ring();
        _host.Report("c1", new LegAnswered(_host.Node.Rung[0].Leg, new EndpointId("n1", 2), Pcmu));
        Assert.Equal("Connect n1#1 n1#2", _host.Node.Told[^1]);
    }

    [Fact]
    public void A_caller_on_another_node_than_the_call_is_not_asked_for_an_end()
    {
        _host.Register("102", "desk");
        _host.Do(() => _host.Call("c1").Start(new StartCall(new LegId("caller"), "n2", "acme", "101", "a101", "102", Far, [Pcmu])));
        Assert.Null(Assert.Single(_host.Node.Rung).Link);
        _host.Report("c1", new LegAnswered(First, new EndpointId("n1", 1), Pcmu));
        Assert.Equal(["Answer caller PCMU 102", "OpenLink n2#7", "CompleteLink n2#7 127.0.0.1:2001 to 127.0.0.1:1001"], _far.Told);
    }

    [Fact]
    public void Without_a_port_for_an_end_the_phone_rings_all_the_same_and_is_linked_after_the_answer()
    {
        _host.Node.Prepares = false;
        Ring();
        Assert.Null(Assert.Single(_far.Rung).Link);
        Answer(null);
        AssertLinkedAnew();
    }

    [Fact]
    public void A_node_that_does_not_open_an_end_in_time_keeps_no_phone_from_ringing()
    {
        _host.Register("102", "desk", node: "n2");
        _host.Node.Hangs = true;
        _host.Start("c1", "102");
        Assert.Empty(_far.Told);
        _host.Wait(TimeSpan.FromSeconds(1.1));
        Assert.Null(Assert.Single(_far.Rung).Link);
    }

    [Fact]
    public void An_answer_without_an_end_is_linked_after_it()
    {
        Ring();
        Answer(null);
        AssertLinkedAnew();
    }

    [Fact]
    public void An_end_that_waits_no_more_is_replaced_by_a_link_made_anew()
    {
        _host.Node.Joins = false;
        Ring();
        Answer(FarEnd);
        Assert.Contains($"JoinPrepared n1#1 {Waiting} to {FarEnd}", _host.Node.Told);
        AssertLinkedAnew();
    }

    [Fact]
    public void A_link_is_good_for_one_connection_however_often_the_answer_is_reported()
    {
        Ring();
        Answer(FarEnd);
        _host.Report("c1", new LegHeld(new LegId("caller")));
        Answer(FarEnd);
        _host.Report("c1", new LegResumed(new LegId("caller")));
        AssertLinkedAnew();
    }

    [Fact]
    public void A_callee_who_is_out_of_reach_when_the_caller_is_answered_is_linked_anew_once_they_are_back()
    {
        Ring();
        Answer(FarEnd, away: true);
        Assert.Contains("Disconnect n2#7", _far.Told);
        _host.Report("c1", new LegBack(First));
        AssertLinkedAnew();
    }

    [Fact]
    public void An_answer_towards_an_end_that_the_call_did_not_send_along_is_of_no_use()
    {
        _host.Node.Prepares = false;
        Ring();
        Answer(FarEnd);
        AssertLinkedAnew();
    }

    [Fact]
    public void Neither_what_is_written_down_nor_what_is_logged_holds_the_key()
    {
        var answer = new LegAnswered(First, Far, Pcmu, FarEnd);
        var giving = new CallGiving("r", First, null, "acme/c2", null, [answer]);
        var text = JsonSerializer.Serialize(giving);
        Assert.DoesNotContain("5000", text);
        Assert.Equal(answer with { Link = null }, Assert.Single(JsonSerializer.Deserialize<CallGiving>(text)!.Heard));
        Assert.Contains(FarEnd.ToString(), answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Key", answer.ToString(), StringComparison.Ordinal);
    }

    private void Ring()
    {
        _host.Register("102", "desk", node: "n2");
        _host.Start("c1", "102");
    }

    private void Answer(LinkEnd? end, bool away = false)
    {
        if (away) _host.Report("c1", new LegAway(First));
        _host.Report("c1", new LegAnswered(First, Far, Pcmu, end));
    }

    private void AssertLinkedAnew()
    {
        Assert.Equal(["OpenLink n1#1", "CompleteLink n1#1 127.0.0.1:1001 to 127.0.0.1:2001"], _host.Node.Told[^2..]);
        Assert.Equal("OpenLink n2#7 to 127.0.0.1:1001", _far.Told[^1]);
    }
}
