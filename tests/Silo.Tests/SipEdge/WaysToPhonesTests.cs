using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Which way leads to a phone: its contact or the flow that it registered by, a connection of its own or one that is opened to it, and what keeps the way open.</summary>
public sealed class WaysToPhonesTests
{
    [Fact]
    public async Task A_phone_that_listens_on_another_port_than_it_sends_from_is_called_at_its_contact()
    {
        await using var world = await EdgeWorld.Start();
        using var listening = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(200, await world.Phone("101").Register(contact: $"<sip:101@{listening.Client.LocalEndPoint}>"));
        var call = await (await world.Registered("102")).Call("101");
        var invite = await Next(listening);
        Assert.StartsWith($"INVITE sip:101@{listening.Client.LocalEndPoint} ", invite, StringComparison.Ordinal);
        await listening.SendAsync(Encoding.UTF8.GetBytes(Refusal(invite)), world.Udp);
        Assert.Equal(486, (await Ended(call)).Status);
    }

    [Theory]
    [InlineData("127.0.0.1:9;ob")]
    [InlineData("192.0.2.7:5060")]
    [InlineData("phone.invalid:5060")]
    public async Task A_contact_that_is_not_the_phones_own_address_does_not_lead_anywhere_else(string contact)
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        Assert.Equal(200, await phone.Register(contact: $"<sip:101@{contact}>"));
        var call = await (await world.Registered("102")).Call("101");
        (await phone.NextCall()).Reject(486);
        Assert.Equal(486, (await Ended(call)).Status);
    }

    [Fact]
    public async Task A_restarted_server_keeps_the_way_open_to_phones_behind_a_nat()
    {
        await using var world = await EdgeWorld.Start();
        using var behindNat = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var inTheOpen = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        world.Edge.Restore([Kept("open", $"sip:102@{inTheOpen.Client.LocalEndPoint}", inTheOpen), Kept("nat", "sip:101@192.168.7.7:5060", behindNat)]);
        Assert.Equal("\r\n\r\n", await Next(behindNat));
        Assert.Equal(0, inTheOpen.Available);

        Binding Kept(string id, string contact, UdpClient from) => new(
            id, contact, "test", $"udp|{world.Udp}|{from.Client.LocalEndPoint}", [], "call", 1, TimeSpan.FromMinutes(2), DateTimeOffset.UnixEpoch, "");
    }

    [Fact]
    public async Task A_phone_with_two_flows_rings_once_by_the_one_that_it_was_heard_of_last()
    {
        await using var world = await EdgeWorld.Start();
        var (first, second) = (world.Phone("101"), world.Phone("101"));
        Assert.Equal(200, await first.Register(contact: Outbound(first, 1)));
        Assert.Equal(200, await second.Register(contact: Outbound(second, 2)));
        var call = await (await world.Registered("102")).Call("101");
        var ringing = await second.NextCall();
        ringing.Ring();
        ringing.Reject(486);
        // What it says by one flow holds for the other too.
        Assert.Equal(486, (await Ended(call)).Status);
        Assert.False(first.HasCall);
    }

    [Theory]
    [InlineData(430)]
    [InlineData(408)]
    public async Task A_phone_with_two_flows_is_rung_by_the_other_when_one_fails(int status)
    {
        await using var world = await EdgeWorld.Start();
        var (first, second) = (world.Phone("101"), world.Phone("101"));
        Assert.Equal(200, await first.Register(contact: Outbound(first, 1)));
        Assert.Equal(200, await second.Register(contact: Outbound(second, 2)));
        var call = await (await world.Registered("102")).Call("101");
        (await second.NextCall()).Reject(status);
        (await first.NextCall()).Answer();
        await call.Next(SessionEventKind.Answered);
    }

    [Fact]
    public async Task A_phone_whose_connection_was_closed_is_rung_by_its_other_flow()
    {
        await using var world = await EdgeWorld.Start();
        var (udp, tcp) = (world.Phone("101"), world.Phone("101", transport: SipTransport.Tcp));
        Assert.Equal(200, await udp.Register(contact: Outbound(udp, 1)));
        Assert.Equal(200, await tcp.Register(contact: Outbound(tcp, 2)));
        await tcp.DisposeAsync();
        var call = await (await world.Registered("102")).Call("101");
        (await udp.NextCall()).Answer();
        await call.Next(SessionEventKind.Answered);
    }

    [Fact]
    public async Task A_phone_is_rung_by_its_other_flow_when_nothing_comes_back_by_one()
    {
        await using var world = await EdgeWorld.Start();
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var phone = world.Phone("101");
        Assert.Equal(200, await phone.Register(contact: Outbound(phone, 1)));
        Assert.Equal(200, await phone.Register(contact: Outbound(phone, 2).Replace($"{phone.Contact};ob", $"sip:101@{silent.Client.LocalEndPoint}", StringComparison.Ordinal)));
        var call = await (await world.Registered("102")).Call("101");
        Assert.StartsWith("INVITE ", await Next(silent), StringComparison.Ordinal);
        (await phone.NextCall()).Answer();
        await call.Next(SessionEventKind.Answered);
    }

    [Fact]
    public async Task A_node_that_leaves_rings_a_phone_by_a_flow_elsewhere_and_one_without_such_a_flow_itself()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101");
        var caller = await world.Registered("102");
        world.Edge.Drain();
        var binding = new Binding(
            "p;1", phone.Contact, "test", $"udp|{world.Udp}|{phone.Network.Listening[0].EndPoint}", [], "call", 1, TimeSpan.FromMinutes(2), DateTimeOffset.UnixEpoch, "", "p");
        var ring = new RingLeg(new LegId("a"), "acme/a", "acme", "101", binding, new Party(caller.Extension, ""), [], AutoAnswer: null, HasOtherFlow: true);
        Assert.False(await world.Edge.Ring(ring));
        Assert.True(await world.Edge.Ring(ring with { HasOtherFlow = false }));
        (await phone.NextCall()).Reject(486);
    }

    [Fact]
    public async Task A_phone_with_two_flows_gets_a_message_once()
    {
        await using var world = await EdgeWorld.Start();
        var (first, second) = (world.Phone("101"), world.Phone("101"));
        Assert.Equal(200, await first.Register(contact: Outbound(first, 1)));
        Assert.Equal(200, await second.Register(contact: Outbound(second, 2)));
        var sending = (await world.Registered("102")).Send(SipMethod.Message, "sip:101@acme.example", body: "hello");
        Assert.Equal("hello", Encoding.UTF8.GetString((await second.NextRequest()).Body.Span));
        Assert.Equal(200, (await sending).Status);
        Assert.False(first.HasRequest);
    }

    private static string Outbound(TestPhone phone, int flow) => $"<{phone.Contact};ob>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\";reg-id={flow}";

    [Fact]
    public async Task A_caller_whose_connection_broke_is_answered_at_the_port_that_its_via_names()
    {
        await using var world = await EdgeWorld.Start();
        var callee = await world.Registered("102");
        var secrets = world.Phone("101");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        TestCall ringing;
        using (var first = new TcpClient())
        {
            await first.ConnectAsync(world.Tcp, limit.Token);
            await Say(first, Invite(1, ""));
            Assert.True(SipMessage.TryParse(Encoding.UTF8.GetBytes(await Read(first, "SIP/2.0 401")), out var challenge, out _));
            await Say(first, Invite(2, secrets.Proof(challenge!, "INVITE"u8, "sip:102@acme.example")));
            ringing = await callee.NextCall();
            ringing.Ring();
            await Read(first, "SIP/2.0 180");
        }

        using var second = await listener.AcceptTcpClientAsync(limit.Token);
        ringing.Answer();
        await Read(second, "SIP/2.0 200");

        string Invite(int cseq, string proof)
        {
            var sdp = TestSdp.Offer();
            return $"INVITE sip:102@acme.example SIP/2.0\r\nVia: SIP/2.0/TCP {listener.LocalEndpoint};branch=z9hG4bK{cseq}\r\nMax-Forwards: 70\r\nFrom: <sip:101@acme.example>;tag=1\r\n"
                + $"To: <sip:102@acme.example>\r\nCall-ID: broken\r\nCSeq: {cseq} INVITE\r\nContact: <sip:101@{listener.LocalEndpoint};transport=tcp>\r\n{proof}"
                + $"Content-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}";
        }

        async Task Say(TcpClient to, string text) => await to.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), limit.Token);

        async Task<string> Read(TcpClient from, string start)
        {
            var buffer = new byte[16_384];
            var text = "";
            while (!text.Contains(start, StringComparison.Ordinal) || !text[text.IndexOf(start, StringComparison.Ordinal)..].Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await from.GetStream().ReadAsync(buffer, limit.Token);
                Assert.NotEqual(0, read);
                text += Encoding.UTF8.GetString(buffer, 0, read);
            }

            return text[text.IndexOf(start, StringComparison.Ordinal)..];
        }
    }

    private static async Task<string> Next(UdpClient socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return Encoding.UTF8.GetString((await socket.ReceiveAsync(limit.Token)).Buffer);
    }

    private static async Task<SessionEvent> Ended(TestCall call)
    {
        SessionEvent next;
        do
            next = await call.Next();
        while (next.Kind != SessionEventKind.Ended);
        return next;
    }

    private static string Refusal(string invite)
    {
        var kept = invite.Split("\r\n").Where(line => new[] { "Via:", "From:", "To:", "Call-ID:", "CSeq:" }.Any(name => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
        return $"SIP/2.0 486 Busy Here\r\n{string.Join("\r\n", kept.Select(line => line.StartsWith("To:", StringComparison.Ordinal) ? line + ";tag=busy" : line))}\r\nContent-Length: 0\r\n\r\n";
    }
}
