using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Too much of everything from one address.</summary>
[Trait("Shows", "6")]
public sealed class HostileFloodTests(GuardedSilo fixture) : IClassFixture<GuardedSilo>
{
    /// <summary>An address that is not in the trusted networks.</summary>
    private const string Stranger = "127.0.0.66";

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task Ten_thousand_registrations_a_second_from_one_address_are_limited()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 };
            socket.Bind(new IPEndPoint(IPAddress.Parse(Stranger), 0));
            var server = new IPEndPoint(IPAddress.Parse(Silo.Address), Silo.SipPort);
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 30_000; i++)
            {
                await socket.SendToAsync(Encoding.ASCII.GetBytes(Register(i)), server);
                while (i > clock.Elapsed.TotalSeconds * 10_000)
                {
                    await Task.Delay(1);
                }
            }

            // Somebody else is served meanwhile.
            using var phone = new SipPeer(Silo, "105");
            Assert.Equal(200, (await phone.RegisterAsync()).Status);

            string Register(int i) =>
                $"REGISTER sip:demo.example SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKf{i}\r\nMax-Forwards: 70\r\n" +
                $"From: <sip:101@demo.example>;tag={i}\r\nTo: <sip:101@demo.example>\r\nCall-ID: flood{i}\r\nCSeq: 1 REGISTER\r\n" +
                $"Contact: <sip:101@{socket.LocalEndPoint}>\r\nContent-Length: 0\r\n\r\n";
        }, lossAllowed: 0.1);
        Assert.Matches("(?m)^\\w*(limit|dropped|refused|rejected)\\w*(\\{[^}]*\\})? [1-9]", await Silo.MetricsAsync());
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_from_one_address_do_not_keep_others_out()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        var sockets = new List<Socket>();
        try
        {
            await bystanders.DoNotNoticeAsync(async () =>
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
                for (var i = 0; i < 10_000; i++)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    sockets.Add(socket);
                    socket.Bind(new IPEndPoint(IPAddress.Parse(Stranger), 0));
                    try
                    {
                        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Silo.Address), Silo.SipPort), limit.Token);
                    }
                    catch (Exception e) when (e is SocketException or OperationCanceledException)
                    {
                        // Refused: that is what the limit is for. Out of descriptors here: as many as this machine allows.
                    }
                }

                using var wire = await SipWire.TcpAsync(Silo.Address, Silo.SipPort);
                using var phone = new SipPeer(Silo, "105", wire: wire);
                Assert.Equal(200, (await phone.RegisterAsync()).Status);
            }, lossAllowed: 0.1);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }
}
