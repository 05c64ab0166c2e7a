using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Tests.Stack;

/// <summary>Thousands of calls over a network that loses, repeats and reorders: each ends in a defined way, and nothing is left over.</summary>
public sealed class LossySoakTests
{
    [Theory]
    [InlineData(9, 0.0, 0.0, 0, 0.0, SipTransport.Tcp)]
    [InlineData(8, 0.0, 0.0, 0, 0.05, SipTransport.Tcp)]
    [InlineData(10, 0.02, 0.02, 10, 0.2)]
    [InlineData(11, 0.05, 0.02, 10)]
    [InlineData(12, 0.10, 0.05, 100)]
    [InlineData(13, 0.20, 0.10, 800)]
    [InlineData(14, 0.15, 0.30, 3000)]
    public void Every_call_ends_and_nothing_is_left(int seed, double loss, double duplication, int jitterMs, double corruption = 0, SipTransport transport = SipTransport.Udp)
    {
        const int Calls = 2500;
        var network = new VirtualNetwork(seed) { Loss = loss, Duplication = duplication, JitterMs = jitterMs, Corruption = corruption, Logs = false };
        var random = new Random(seed);
        var ann = network.Add("ann", transport);
        var bob = network.Add("bob", transport);
        var ended = new Dictionary<InviteSession, int>();
        var endings = new Dictionary<SessionEnd, int>();
        var opened = 0;
        foreach (var phone in network.Phones)
        {
            phone.Happened = (session, e) => Behave(phone, session, e, random, ended, endings);
            phone.Invited = invite =>
            {
                var session = phone.Stack.OpenSession(invite, new SessionOptions { ReliableProvisionals = random.Next(3) == 0, MaxRingMs = 30_000 });
                if (session is null)
                    return;
                opened++;
                Pick(phone, session, random);
            };
        }
        for (var i = 0; i < Calls; i++)
        {
            var (from, to) = random.Next(2) == 0 ? (ann, bob) : (bob, ann);
            from.Later(random.Next(600_000), () =>
            {
                opened++;
                var session = from.Call(to, random.Next(4) == 0 ? null : "v=0", new SessionOptions { MaxRingMs = 30_000 });
                from.Later(random.Next(60_000), () => session.Hangup());
            });
        }
        network.Run();
        Assert.Equal(opened, ended.Count);
        Assert.All(ended.Values, count => Assert.Equal(1, count));
        Assert.DoesNotContain(SessionEnd.None, endings.Keys);
        ann.AssertNothingLeft();
        bob.AssertNothingLeft();
        if (loss <= 0.05 && corruption == 0)
            Assert.InRange(endings.GetValueOrDefault(SessionEnd.NoResponse) + endings.GetValueOrDefault(SessionEnd.NoAck), 0, Calls / 1000);
    }

    private static void Pick(Phone phone, InviteSession session, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                session.Reject(486);
                break;
            case 1:
                session.Ring();
                break;
            case 2:
                session.Ring(183, Phone.Sdp("v=0 early"));
                phone.Later(random.Next(5000), () => session.Answer(Phone.Sdp("v=0")));
                break;
            default:
                session.Ring();
                phone.Later(random.Next(20_000), () => session.Answer(Phone.Sdp("v=0")));
                break;
        }
        phone.Later(random.Next(90_000), () => session.Hangup());
    }

    private static void Behave(
        Phone phone, InviteSession session, SessionEvent e, Random random, Dictionary<InviteSession, int> ended, Dictionary<SessionEnd, int> endings)
    {
        switch (e.Kind)
        {
            case SessionEventKind.Ended:
                ended[session] = ended.GetValueOrDefault(session) + 1;
                endings[e.End] = endings.GetValueOrDefault(e.End) + 1;
                break;
            case SessionEventKind.Progress when e.IsOffer:
                session.SendPrack(Phone.Sdp("v=0"));
                break;
            case SessionEventKind.Answered or SessionEventKind.Acknowledged:
                if (e.IsOffer)
                    session.SendAck(Phone.Sdp("v=0"));
                phone.Later(random.Next(3000), () => session.Offer(Phone.Sdp("v=0 hold"), random.Next(2) == 0));
                break;
            case SessionEventKind.RetryOffer:
                session.Offer(Phone.Sdp("v=0 hold"));
                break;
            case SessionEventKind.Offer:
                if (random.Next(5) == 0)
                    session.RejectOffer();
                else
                    phone.Later(random.Next(2) * 700, () => session.AcceptOffer(Phone.Sdp("v=0")));
                break;
            case SessionEventKind.Request:
                phone.Stack.Respond(e.Transaction!, 200);
                break;
        }
    }
}
