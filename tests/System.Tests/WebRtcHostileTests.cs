using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 7, for media: what strangers send to the browsers' port is refused and counted, beside a call that must not notice.</summary>
[Trait("Shows", "7")]
public sealed class WebRtcHostileTests(SiloFixture fixture, WebClients clients) : IClassFixture<SiloFixture>, IClassFixture<WebClients>
{
    private const int Flood = 10_000;
    private const int Burst = 250;
    private static readonly string[] Refusals = ["ForgedCheck", "UnknownSession", "ForeignSource", "Junk"];

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task Strangers_at_the_browsers_port_change_nothing_for_a_call()
    {
        await using var browser = await Chromium.StartAsync(1000, "--allow-loopback-in-peer-connection");
        await using var web = await WebPhone.RegisteredAsync(browser, clients, "jssip", Silo, "101");
        await web.DoAsync("call", "*43");
        await web.NextAsync("confirmed");
        await web.HearsAsync(1000);
        var ufrag = (string)(await web.Page.EvaluateAsync("phone.description().match(/ice-ufrag:(\\S+)/)[1]"))!;

        var random = new Random(8489);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var port = new IPEndPoint(IPAddress.Parse(Silo.Address), Silo.WebRtcPort);
        for (var sent = 0; sent < Flood;)
        {
            for (var end = sent + Burst; sent < end; sent++)
                stranger.SendTo(Hostile(random, sent, ufrag), port);
            // What the kernel lost on the way is not the server's to count: no more goes out than it keeps.
            await CountedAsync(sent / 5);
        }
        using (var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await silent.ConnectAsync(port);
            await silent.SendAsync(new byte[] { 0xFF, 0xFF, 0, 1, 2 });
            Assert.Equal(0, await silent.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(40)));
        }

        await web.HearsAsync(1000);
        await web.DoAsync("hangUp");
        await web.NextAsync("ended:local");
    }

    [Theory]
    [InlineData("a=fingerprint:sha-1 00:01")]
    [InlineData("a=ice-ufrag:x")]
    [InlineData("")]
    public async Task An_offer_that_cannot_be_answered_gets_488(string line)
    {
        using var wire = await SipWire.WebSocketAsync(new Uri($"ws://{Silo.Address}:{Silo.WebPort}/sip"));
        using var client = await SipPeer.RegisteredAsync(new SipPeer(Silo, "110", wire: wire));
        var sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=setup:actpass\r\n"
            + $"a=ice-ufrag:{new string('u', line.Length == 0 ? 2048 : 8)}\r\na=ice-pwd:{new string('p', 24)}\r\n{line}{(line.Length == 0 ? "" : "\r\n")}";
        var call = await client.InviteAsync("*43", sdp);
        await call.ExpectAsync(488);
    }

    /// <summary>Checks forged and for nobody, hellos, RTP and junk, in turn.</summary>
    private static byte[] Hostile(Random random, int number, string ufrag)
    {
        var bytes = new byte[random.Next(60, 200) & ~3];
        random.NextBytes(bytes);
        switch (number % 5)
        {
            case 0:
                return Check(random, $"{ufrag}:peer");
            case 1:
                return Check(random, "nobodyxx:peer");
            case 2:
                (bytes[0], bytes[3], bytes[4], bytes[13]) = (22, 0, 0, 1);
                return bytes;
            case 3:
                (bytes[0], bytes[1]) = (0x80, 111);
                return bytes;
            default:
                bytes[0] = 0xFF;
                return bytes;
        }
    }

    /// <summary>A check as RFC 8445 writes it, with an integrity that somebody made up.</summary>
    private static byte[] Check(Random random, string username)
    {
        var name = Encoding.ASCII.GetBytes(username);
        var padded = (name.Length + 3) & ~3;
        var body = new List<byte>([0, 6, 0, (byte)name.Length, .. name, .. new byte[padded - name.Length], 0, 0x24, 0, 4, 1, 2, 3, 4, 0x80, 0x2A, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 8, 0, 20]);
        var integrity = new byte[20];
        random.NextBytes(integrity);
        body.AddRange(integrity);
        var transaction = new byte[12];
        random.NextBytes(transaction);
        return [0, 1, 0, (byte)body.Count, 0x21, 0x12, 0xA4, 0x42, .. transaction, .. body];
    }

    /// <summary>Waits until every reason was counted so often.</summary>
    private async Task CountedAsync(int atLeast)
    {
        var end = Environment.TickCount64 + 40_000;
        while (true)
        {
            var metrics = await Silo.MetricsAsync();
            if (Refusals.All(reason => Counted(metrics, reason) >= atLeast))
                return;
            Assert.True(Environment.TickCount64 < end, $"not all are counted {atLeast} times:\n{string.Join('\n', metrics.Split('\n').Where(line => line.Contains("webrtc", StringComparison.Ordinal)))}");
            await Task.Delay(10);
        }
    }

    private static int Counted(string metrics, string reason) =>
        Regex.Match(metrics, $"(?m)^webphone_webrtc_refused\\w*\\{{[^}}]*reason=\"{reason}\"[^}}]*\\}} (\\d+)") is { Success: true } found ? int.Parse(found.Groups[1].Value) : 0;
}
