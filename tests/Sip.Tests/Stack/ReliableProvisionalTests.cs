using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Sip.Tests.Stack;

/// <summary>Reliable provisional responses (RFC 3262): what a PRACK may carry, and responses that wait for the PRACK of the one before.</summary>
public class ReliableProvisionalTests
{
    private static readonly SessionOptions Reliable = new() { ReliableProvisionals = true };

    private readonly VirtualNetwork _network = new(seed: 7);
    private readonly Phone _ann;
    private readonly Phone _bob;

    public ReliableProvisionalTests()
    {
        _ann = _network.Add("ann");
        _bob = _network.Add("bob");
    }

    [Fact]
    public void The_answer_to_an_offer_in_a_provisional_comes_in_its_prack()
    {
        _bob.Invited = invite => Take(invite).Ring(183, Phone.Sdp("v=0 offer"));
        _ann.Happened = (session, e) =>
        {
            if (e is { Kind: SessionEventKind.Progress, IsOffer: true })
                Assert.True(session.SendPrack(Phone.Sdp("v=0 answer")));
        };
        var answers = new List<string>();
        _bob.Happened = (_, e) =>
        {
            if (e.Kind == SessionEventKind.Answer)
                answers.Add(TestMessages.Text(e.Message!.Body.Span));
        };
        var call = _ann.Call(_bob, sdp: null);
        _network.Run(1000);
        Assert.Equal(["v=0 answer"], answers);
        Assert.True(_bob.Sessions[0].Dialog!.Offers is { IsStable: true, HasSession: true });
        Assert.True(call.Dialog!.Offers is { IsStable: true, HasSession: true });
        Assert.True(_bob.Sessions[0].Answer(default));
        _network.Run(1000);
        Assert.Equal(SessionState.Established, call.State);
        EndAndForget(call);
    }

    [Fact]
    public void An_offer_in_a_prack_is_answered_in_its_200()
    {
        _bob.Invited = invite => Take(invite).Ring(183, Phone.Sdp("v=0 answer"));
        _network.Rewrites = (from, text) => from == _ann && text.StartsWith("PRACK", StringComparison.Ordinal)
            ? text.Replace("Content-Length: 0\r\n\r\n", "Content-Type: application/sdp\r\nContent-Length: 9\r\n\r\nv=0 again", StringComparison.Ordinal)
            : text;
        var call = _ann.Call(_bob);
        _network.Run(1000);
        Assert.Equal(["Offer"], _bob.Events);
        Assert.Contains("bob: 200 PRACK", _network.Log);
        Assert.True(_bob.Sessions[0].Dialog!.Offers.IsStable);
        Assert.True(_bob.Sessions[0].Answer(default));
        _network.Run(1000);
        EndAndForget(call);
    }

    [Fact]
    public void Provisionals_wait_in_order_for_the_prack_of_the_one_before()
    {
        var lost = 0;
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Prack && lost++ == 0;
        _bob.Invited = invite =>
        {
            var session = Take(invite);
            session.Ring(183, Phone.Sdp("v=0 answer"));
            session.Ring(180);
            session.Ring(182);
        };
        var call = _ann.Call(_bob);
        _network.Run(5000);
        Assert.Equal(["bob: 183 INVITE", "bob: 180 INVITE", "bob: 182 INVITE"], _network.Log.Where(IsProvisional).Distinct());
        Assert.Equal(3, _network.Log.Count(line => line == "bob: 200 PRACK"));
        Assert.True(_network.Log.IndexOf("bob: 200 PRACK") < _network.Log.IndexOf("bob: 180 INVITE"));
        Assert.True(_bob.Sessions[0].Answer(default));
        _network.Run(1000);
        Assert.Equal(SessionState.Established, call.State);
        EndAndForget(call);

        static bool IsProvisional(string line) => line.StartsWith("bob: 18", StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_of_the_call_goes_before_provisionals_that_still_wait()
    {
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Prack;
        _bob.Invited = invite =>
        {
            var session = Take(invite);
            session.Ring();
            session.Ring(182);
            session.Answer(Phone.Sdp("v=0 answer"));
        };
        var call = _ann.Call(_bob);
        _network.Run(1000);
        Assert.Equal(SessionState.Established, call.State);
        Assert.DoesNotContain("bob: 182 INVITE", _network.Log);
        _network.Drops = (_, _) => false;
        EndAndForget(call);
    }

    [Fact]
    public void More_provisionals_than_may_wait_are_left_out()
    {
        _network.Drops = (_, message) => message.IsRequest && message.Method == SipMethod.Prack;
        _bob.Invited = invite =>
        {
            var session = Take(invite);
            for (var status = 180; status <= 190; status++)
                session.Ring(status);
        };
        var call = _ann.Call(_bob);
        _network.Run(200);
        _network.Drops = (_, _) => false;
        _network.Run(20_000);
        // One is out and eight wait; what came after them is not sent, and leaves no gap in the numbers.
        Assert.Contains("bob: 188 INVITE", _network.Log);
        Assert.DoesNotContain("bob: 189 INVITE", _network.Log);
        Assert.Equal(9, _network.Log.Count(line => line == "bob: 200 PRACK"));
        Assert.True(_bob.Sessions[0].Answer(Phone.Sdp("v=0 answer")));
        _network.Run(1000);
        EndAndForget(call);
    }

    private InviteSession Take(Webphone.Sip.Transactions.ServerTransaction invite)
    {
        var session = _bob.Stack.OpenSession(invite, Reliable)!;
        _bob.Sessions.Add(session);
        return session;
    }

    private void EndAndForget(InviteSession call)
    {
        call.Hangup();
        _network.Run(100_000);
        _ann.AssertNothingLeft();
        _bob.AssertNothingLeft();
    }
}
