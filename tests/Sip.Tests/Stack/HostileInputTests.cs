using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Stack;

/// <summary>What strangers, broken phones and floods may send, and what becomes of it.</summary>
public sealed class HostileInputTests
{
    private readonly VirtualNetwork _network = new(3);
    private readonly Phone _ann;
    private readonly Phone _bob;

    public HostileInputTests()
    {
        _ann = _network.Add("ann");
        _bob = _network.Add("bob");
    }

    [Theory]
    [InlineData("OPTIONS sip:127.0.0.1", "OPTIONS", "", "200 OPTIONS")]
    [InlineData("OPTIONS sip:127.0.0.1", "OPTIONS", "Max-Forwards: 0\r\n", "200 OPTIONS")]
    [InlineData("INVITE sip:bob@127.0.0.1", "INVITE", "Max-Forwards: 0\r\n", "483 INVITE")]
    [InlineData("INVITE sip:bob@127.0.0.1", "INVITE", "Require: 100rel, timetravel\r\n", "420 INVITE")]
    [InlineData("INVITE http://bob.example", "INVITE", "", "416 INVITE")]
    [InlineData("FROB sip:bob@127.0.0.1", "FROB", "", "501 UNKNOWN")]
    [InlineData("BYE sip:bob@127.0.0.1", "BYE", "", "481 BYE")]
    [InlineData("CANCEL sip:bob@127.0.0.1", "CANCEL", "", "481 CANCEL")]
    [InlineData("UPDATE sip:bob@127.0.0.1", "UPDATE", "", "481 UPDATE")]
    public void A_request_gets_the_answer_that_the_rfc_asks_for(string start, string method, string headers, string answer)
    {
        _network.Inject(_bob, _ann, Request(start, method, headers));
        _network.Run(100);
        Assert.Equal("bob: " + answer, _network.Log[0]);
        _network.Run(100_000);
        _bob.Sessions.ForEach(session => session.Hangup());
        _network.Run(100_000);
        _bob.AssertNothingLeft();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Contact: <tel:101>\r\n")]
    public void An_invite_without_a_usable_contact_is_refused(string contact)
    {
        _network.Inject(_bob, _ann, Request("INVITE sip:bob@127.0.0.1", "INVITE", "").Replace("Contact: <sip:ann@127.0.0.1:5061>\r\n", contact, StringComparison.Ordinal));
        _network.Run(100);
        Assert.Equal("bob: 400 INVITE", _network.Log[0]);
    }

    [Fact]
    public void A_stranger_cannot_end_a_call_that_it_does_not_know_the_tags_of()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        var eve = _network.Add("eve");
        var dialog = call.Dialog!;
        var callId = Encoding.ASCII.GetString(dialog.CallId);
        var to = Encoding.ASCII.GetString(dialog.Remote);
        _network.Inject(_bob, eve, Request("BYE sip:bob@127.0.0.1", "BYE", "", callId, "<sip:eve@a.example>;tag=guess", to));
        _network.Inject(_bob, eve, Request("INVITE sip:bob@127.0.0.1", "INVITE", "", callId, "<sip:eve@a.example>;tag=guess", to));
        _network.Run(40_000);
        Assert.Contains("bob: 481 BYE", _network.Log);
        Assert.Contains("bob: 481 INVITE", _network.Log);
        Assert.Equal(SessionState.Established, _bob.Sessions[0].State);
    }

    [Fact]
    public void An_old_CSeq_in_a_dialog_is_refused_and_does_nothing()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        var dialog = call.Dialog!;
        _network.Inject(_bob, _ann, Request(
            "BYE sip:bob@127.0.0.1", "BYE", "", Encoding.ASCII.GetString(dialog.CallId), Encoding.ASCII.GetString(dialog.Local), Encoding.ASCII.GetString(dialog.Remote)));
        _network.Run(1000);
        Assert.Contains("bob: 500 BYE", _network.Log);
        Assert.Equal(SessionState.Established, _bob.Sessions[0].State);
    }

    [Fact]
    public void Responses_and_acks_of_strangers_are_counted_and_dropped()
    {
        _network.Inject(_bob, _ann, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKguess\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@a>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        _network.Inject(_bob, _ann, Request("ACK sip:bob@127.0.0.1", "ACK", ""));
        _network.Run(1000);
        Assert.Equal(2, _bob.Stack.Statistics.Strays);
        Assert.Empty(_network.Log);
        _bob.AssertNothingLeft();
    }

    [Fact]
    public void A_request_that_comes_by_two_ways_is_taken_once()
    {
        _network.Inject(_bob, _ann, Request("MESSAGE sip:bob@127.0.0.1", "MESSAGE", ""));
        _network.Inject(_bob, _ann, Request("MESSAGE sip:bob@127.0.0.1", "MESSAGE", "").Replace("z9hG4bKx", "z9hG4bKy", StringComparison.Ordinal));
        _network.Run(1000);
        Assert.Equal(["bob: 200 MESSAGE", "bob: 482 MESSAGE"], _network.Log);
    }

    [Fact]
    public void An_rfc_2543_request_without_a_branch_is_matched_by_its_other_fields()
    {
        var text = Request("OPTIONS sip:bob@127.0.0.1", "OPTIONS", "").Replace(";branch=z9hG4bKx", "", StringComparison.Ordinal);
        _network.Inject(_bob, _ann, text);
        _network.Inject(_bob, _ann, text);
        _network.Run(1000);
        Assert.Equal(["bob: 200 OPTIONS", "bob: 200 OPTIONS"], _network.Log);
        Assert.Equal(1, _bob.Stack.Statistics.RetransmissionsIn);
    }

    [Fact]
    public void Over_the_bound_a_request_gets_503_and_under_it_is_served_again_later()
    {
        var small = _network.Add("carol", options: new SipStackOptions { MaxServerTransactions = 10 });
        for (var i = 0; i < 15; i++)
            _network.Inject(small, _ann, Request("OPTIONS sip:127.0.0.1", "OPTIONS", "", callId: "c" + i).Replace("z9hG4bKx", "z9hG4bKx" + i, StringComparison.Ordinal));
        _network.Run(1000);
        Assert.Equal(5, _network.Log.Count(l => l == "carol: 503 OPTIONS"));
        Assert.Equal(5, small.Stack.Statistics.Overloads);
        _network.Run(40_000);
        small.AssertNothingLeft();
    }

    [Fact]
    public void A_second_callee_of_a_fork_that_answers_too_gets_its_ack_and_a_bye()
    {
        var call = _ann.Call(_bob);
        _network.Run(1000);
        var invite = _bob.Sessions[0];
        var other = Encoding.ASCII.GetString(call.Dialog!.Remote).Replace(Encoding.ASCII.GetString(call.Dialog.RemoteTag), "otherfork", StringComparison.Ordinal);
        var ok = $"SIP/2.0 200 OK\r\nVia: {LastVia}\r\nFrom: {Encoding.ASCII.GetString(call.Dialog.Local)}\r\nTo: {other}\r\n"
            + $"Call-ID: {Encoding.ASCII.GetString(call.Dialog.CallId)}\r\nCSeq: {call.Dialog.LocalCSeq} INVITE\r\nContact: <sip:bob@127.0.0.1:5062>\r\nContent-Length: 0\r\n\r\n";
        _network.Inject(_ann, _bob, ok);
        _network.Inject(_ann, _bob, ok);
        _network.Log.Clear();
        _network.Run(500);
        Assert.Equal(["ann: ACK", "ann: BYE", "ann: ACK", "bob: 481 BYE"], _network.Log);
        Assert.Equal(SessionState.Established, call.State);
        Assert.NotNull(invite);
        call.Hangup();
        _network.Run(100_000);
        _ann.AssertNothingLeft();
    }

    [Fact]
    public void A_broken_flow_ends_what_waits_on_it()
    {
        _network.Drops = (_, _) => true;
        _ann.Call(_bob);
        _network.Run(100);
        _ann.Stack.FlowFailed(_ann.FlowTo(_bob), _network.NowMs);
        Assert.Equal(["Ended TransportFailed"], _ann.Events);
        _ann.AssertNothingLeft();
    }

    [Fact]
    public void A_cancel_before_the_user_took_the_invite_is_told_to_it()
    {
        ServerTransaction? pending = null;
        _bob.Invited = invite => pending = invite;
        var call = _ann.Call(_bob);
        _network.Run(1000);
        call.Hangup();
        _network.Run(1000);
        Assert.Equal(["Cancel"], _bob.Events);
        Assert.Null(_bob.Stack.OpenSession(pending!));
        _network.Run(100_000);
        Assert.Equal("Ended LocalCancel", _ann.Events[^1]);
        _bob.AssertNothingLeft();
    }

    private string LastVia => "SIP/2.0/UDP 127.0.0.1:5061;branch=" + _ann.LastBranch;

    private static string Request(
        string start, string method, string headers, string callId = "c", string from = "<sip:ann@a.example>;tag=1", string? to = null) =>
        $"{start} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bKx\r\nFrom: {from}\r\nTo: {to ?? "<sip:bob@a.example>"}\r\n"
        + $"Call-ID: {callId}\r\nCSeq: 1 {method}\r\nContact: <sip:ann@127.0.0.1:5061>\r\n{headers}Content-Length: 0\r\n\r\n";
}
