using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>One address does too much; the phones of others do not notice.</summary>
public sealed class FloodTests
{
    private static readonly IPAddress Flooder = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.3");

    [Fact]
    public async Task A_flood_of_registers_is_cut_off_and_other_addresses_register_and_call()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101", from: Other), await world.Registered("102"));
        using var flooder = new UdpClient(new IPEndPoint(Flooder, 0));
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                flooder.Send(Request("REGISTER", "sip:acme.example", "101@acme.example", $"{i}"), world.Udp);
                if (i % 10 == 9)
                    Thread.Sleep(1);
            }
        });
        for (var i = 0; i < 10; i++)
            Assert.Equal(200, await ann.Register());
        var (calling, ringing) = await EdgeWorld.Connected(ann, bob);
        await Eventually.True(() => world.Network.Counters[TransportCount.MessageRate] > 1_000);
        calling.Offer(TestSdp.Offer(version: 2));
        await calling.Next(SessionEventKind.Answer);
        await stop.CancelAsync();
        await flood;
        ringing.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_of_one_address_stay_within_its_limit_and_calls_go_on()
    {
        const int Tried = 10_000;
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101", SipTransport.Tcp), await world.Registered("102"));
        var idle = new List<Socket>(Tried);
        try
        {
            for (var i = 0; i < Tried; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                socket.Bind(new IPEndPoint(Flooder, 0));
                await socket.ConnectAsync(world.Tcp);
            }
            var counters = world.Network.Counters;
            await Eventually.True(() => counters[TransportCount.ConnectionRate] + counters[TransportCount.ConnectionsPerAddress] >= Tried - new TransportLimits().ConnectionsPerAddress);
            Assert.InRange(counters[TransportCount.Open], 1, new TransportLimits().ConnectionsPerAddress + 1);
            calling.Offer(TestSdp.Offer(version: 2));
            await calling.Next(SessionEventKind.Answer);
            Assert.Equal(200, await world.Phone("103", transport: SipTransport.Tcp).Register());
        }
        finally
        {
            foreach (var socket in idle)
                socket.Dispose();
        }
        ringing.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_scanner_that_does_not_know_a_domain_finds_nobody()
    {
        await using var world = await EdgeWorld.Start();
        foreach (var method in new[] { "OPTIONS", "REGISTER", "INVITE", "MESSAGE" })
            Assert.StartsWith("SIP/2.0 404", await Ask(world, Request(method, $"sip:100@{world.Udp}", "100@1.1.1.1", method)), StringComparison.Ordinal);
        Assert.Equal(0, world.Edge.Legs);
    }

    [Theory]
    [InlineData("REGISTER")]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("MESSAGE")]
    public async Task A_scanner_cannot_tell_extensions_that_exist_from_others(string method)
    {
        await using var world = await EdgeWorld.Start();
        var answers = new HashSet<string>();
        foreach (var extension in new[] { "101", "102", "199", "1000", "admin" })
        {
            var answer = await Ask(world, Request(method, $"sip:{extension}@acme.example", $"{extension}@acme.example", extension));
            answers.Add(string.Join('\n', answer.Split("\r\n").Select(line => line.Split(':')[0])));
        }
        Assert.Single(answers);
    }

    private static byte[] Request(string method, string uri, string self, string id) => Encoding.ASCII.GetBytes(
        $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-{id};rport\r\nContent-Length: 0\r\nFrom: \"scanner\"<sip:{self}>;tag=f{id}\r\n"
        + $"Accept: application/sdp\r\nUser-Agent: friendly-scanner\r\nTo: \"scanner\"<sip:{self}>\r\nContact: sip:100@127.0.0.1:5061\r\nCSeq: 1 {method}\r\n"
        + $"Call-ID: {id}-{method}\r\nMax-Forwards: 70\r\n\r\n");

    private static async Task<string> Ask(EdgeWorld world, byte[] request)
    {
        using var scanner = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await scanner.SendAsync(request, world.Udp, limit.Token);
        while (true)
        {
            var answer = Encoding.ASCII.GetString((await scanner.ReceiveAsync(limit.Token)).Buffer);
            if (!answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal))
                return answer;
        }
    }
}
