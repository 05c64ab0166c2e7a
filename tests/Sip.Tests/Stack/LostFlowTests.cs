using System.Net;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Stack;

/// <summary>What a flow that is gone means for what went by it, and where responses go instead (RFC 3261 §18.2.2).</summary>
public class LostFlowTests
{
    private readonly VirtualNetwork _network = new(seed: 3);

    [Fact]
    public void A_datagram_flow_that_fails_ends_its_own_transactions_and_no_others()
    {
        var (ann, bob, carol) = (_network.Add("ann"), _network.Add("bob"), _network.Add("carol"));
        _network.Drops = (from, _) => from != ann;
        for (var i = 0; i < 3; i++)
        {
            ann.Stack.SendRequest(SipMethod.Message, ann.FlowTo(bob), ann.Request(bob));
            ann.Stack.SendRequest(SipMethod.Message, ann.FlowTo(carol), ann.Request(carol));
        }
        ann.Stack.FlowFailed(ann.FlowTo(bob), _network.NowMs);
        Assert.Equal([503, 503, 503], ann.Responses.Select(response => response.Status));
        Assert.All(ann.Responses, response => Assert.Equal(bob.EndPoint, response.Transaction.Flow.Remote));
        Assert.Equal(3, ann.Stack.TransactionCount);
        _network.Run(100_000);
        Assert.Equal([408, 408, 408], ann.Responses.Skip(3).Select(response => response.Status));
        ann.AssertNothingLeft();
    }

    [Fact]
    public void A_call_that_rings_is_answered_over_a_new_connection_when_the_callers_is_gone()
    {
        var (ann, bob) = (_network.Add("ann", SipTransport.Tcp), _network.Add("bob", SipTransport.Tcp));
        InviteSession? ringing = null;
        bob.Invited = invite =>
        {
            ringing = bob.Stack.OpenSession(invite)!;
            ringing.Ring();
        };
        bob.Opens = wanted => wanted with { Connection = 8 };
        var call = ann.Call(bob);
        _network.Run(100);
        bob.Stack.FlowFailed(bob.FlowTo(ann), _network.NowMs);
        Assert.True(ringing!.Answer(Phone.Sdp("v=0 answer")));
        Assert.Equal((8, ann.EndPoint), (bob.LastFlow.Connection, bob.LastFlow.Remote));
        _network.Run(1000);
        Assert.Equal(SessionState.Established, call.State);
        Assert.Equal(8, ringing.Dialog!.Flow.Connection);
        ringing.Hangup();
        _network.Run(100_000);
        ann.AssertNothingLeft();
        bob.AssertNothingLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_that_rings_ends_when_its_caller_cannot_be_reached_any_more(bool opens)
    {
        var (ann, bob) = (_network.Add("ann", SipTransport.Tcp), _network.Add("bob", SipTransport.Tcp));
        bob.Invited = invite => bob.Stack.OpenSession(invite)!.Ring();
        if (opens)
            bob.Opens = wanted => wanted with { Connection = 8 };
        ann.Call(bob);
        _network.Run(100);
        bob.Stack.FlowFailed(bob.FlowTo(ann), _network.NowMs);
        if (opens)
        {
            Assert.Empty(bob.Events);
            bob.Stack.FlowFailed(bob.FlowTo(ann) with { Connection = 8 }, _network.NowMs);
        }
        Assert.Equal(["Ended TransportFailed"], bob.Events);
        bob.AssertNothingLeft();
    }

    [Fact]
    public void A_websocket_that_is_gone_cannot_be_opened_from_our_side()
    {
        var (ann, bob) = (_network.Add("ann", SipTransport.Ws), _network.Add("bob", SipTransport.Ws));
        bob.Invited = invite => bob.Stack.OpenSession(invite)!.Ring();
        bob.Opens = wanted => wanted with { Connection = 8 };
        ann.Call(bob);
        _network.Run(100);
        bob.Stack.FlowFailed(bob.FlowTo(ann), _network.NowMs);
        Assert.Equal(["Ended TransportFailed"], bob.Events);
    }

    [Theory]
    [InlineData("127.0.0.1:5061", "", 5061)]
    [InlineData("127.0.0.1", "", 5060)]
    [InlineData("127.0.0.1:5061", ";rport", 5062)]
    [InlineData("192.0.2.9:5061", "", 5062)]
    [InlineData("phone.example:5061", "", 5062)]
    public void A_sender_by_udp_is_answered_at_the_port_that_it_asks_for(string sentBy, string rport, int port)
    {
        var sink = new Sink();
        var stack = new SipStack(new SipStackOptions(), sink, new Phone(_network, "nobody", 1, SipTransport.Udp, new SipStackOptions()), new byte[32], 0);
        var text = $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {sentBy}{rport};branch=z9hG4bKx\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.example>;tag=1\r\nTo: <sip:127.0.0.1>\r\n"
            + "Call-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        Assert.True(SipMessage.TryParse(TestMessages.Bytes(text), out var options, out _));
        options!.Stamp(IPAddress.Loopback, 5062);
        stack.Receive(new SipFlow(SipTransport.Udp, 1, new IPEndPoint(IPAddress.Loopback, 5062)), options, 1);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, port), Assert.Single(sink.Sent).Remote);
    }

    private sealed class Sink : ISipStackSink
    {
        public List<SipFlow> Sent { get; } = [];

        public void Send(in SipFlow flow, ReadOnlySpan<byte> message) => Sent.Add(flow);

        public byte[] LocalAddress(in SipFlow flow) => "127.0.0.1:5060"u8.ToArray();
    }
}
