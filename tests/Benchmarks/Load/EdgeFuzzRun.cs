using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Webphone.Silo.Tests.SipEdge;
using Webphone.Sip.Tests.Fuzz;

namespace Webphone.Benchmarks.Load;

/// <summary>
/// <c>fuzz edge --transport udp|tcp|tls|ws --port P --count N [--seed S]</c>: sends N mutated messages to a server that runs on loopback, and asks it now and
/// then whether it still answers. Start the server with <c>--trusted-networks 127.0.0.0/8</c>, else its limits drop most of them.
/// </summary>
internal static class EdgeFuzzRun
{
    private const int ProbeEvery = 10_000;

    /// <summary>Loopback takes datagrams faster than any server reads them: what is dropped in the kernel would test nothing.</summary>
    private const int DatagramsInFlight = 200;

    private static readonly byte[] Probe =
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKprobe%\r\nMax-Forwards: 70\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: probe%\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    public static async Task<int> Run(string[] args)
    {
        var transport = Option(args, "--transport", "udp");
        var port = int.Parse(Option(args, "--port", transport == "tls" ? "5061" : transport == "ws" ? "8080" : "5060"));
        var count = int.Parse(Option(args, "--count", "1000000"));
        var server = new IPEndPoint(IPAddress.Loopback, port);
        var probeServer = new IPEndPoint(IPAddress.Loopback, int.Parse(Option(args, "--probe-port", "5060")));
        var mutator = new Mutator(int.Parse(Option(args, "--seed", "1")), EdgeCorpus.Messages);
        var watch = Stopwatch.StartNew();
        var (sent, unanswered) = (0, 0);
        await using var sender = new Sender(transport, server);
        while (sent < count)
        {
            await sender.Send(mutator.Next());
            if (++sent % (transport == "udp" ? DatagramsInFlight : ProbeEvery) == 0 && !await Answers(probeServer, sent))
                unanswered++;
        }
        Console.WriteLine($"{sent} messages by {transport} in {watch.Elapsed.TotalSeconds:F0} s, {sent / watch.Elapsed.TotalSeconds:F0}/s, "
            + $"{sender.Connections} connections, {unanswered} probes unanswered");
        return unanswered == 0 ? 0 : 1;
    }

    private static async Task<bool> Answers(IPEndPoint server, int number)
    {
        using var client = new UdpClient(server.AddressFamily);
        client.Connect(server);
        var probe = System.Text.Encoding.ASCII.GetString(Probe).Replace("%", $"{number}", StringComparison.Ordinal);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(probe));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await client.ReceiveAsync(limit.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                // Lost or late: asked again.
            }
        }
        return false;
    }

    private static string Option(string[] args, string name, string standard)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : standard;
    }

    /// <summary>Sends by one transport; a connection that the server closes is opened again.</summary>
    private sealed class Sender(string transport, IPEndPoint server) : IAsyncDisposable
    {
        private UdpClient? _datagrams;
        private TcpClient? _tcp;
        private Stream? _stream;
        private ClientWebSocket? _webSocket;

        public int Connections { get; private set; }

        public async Task Send(byte[] message)
        {
            try
            {
                await Open();
                if (_datagrams is not null)
                    await _datagrams.SendAsync(message);
                else if (_stream is not null)
                    await _stream.WriteAsync(message);
                else
                    await _webSocket!.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
            }
            catch (Exception failure) when (failure is IOException or SocketException or WebSocketException or InvalidOperationException)
            {
                await DisposeAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _datagrams?.Dispose();
            if (_stream is not null)
                await _stream.DisposeAsync();
            _tcp?.Dispose();
            _webSocket?.Dispose();
            (_datagrams, _stream, _tcp, _webSocket) = (null, null, null, null);
        }

        private async Task Open()
        {
            if (_datagrams is not null || _stream is not null || _webSocket is not null)
                return;
            Connections++;
            switch (transport)
            {
                case "udp":
                    _datagrams = new UdpClient(server.AddressFamily);
                    _datagrams.Connect(server);
                    break;
                case "ws":
                    _webSocket = new ClientWebSocket();
                    _webSocket.Options.AddSubProtocol("sip");
                    await _webSocket.ConnectAsync(new Uri($"ws://{server}/sip"), CancellationToken.None);
                    break;
                default:
                    _tcp = new TcpClient();
                    await _tcp.ConnectAsync(server);
                    _stream = _tcp.GetStream();
                    if (transport == "tls")
                        await Shake();
                    break;
            }
        }

        private async Task Shake()
        {
            // The server on trial has a certificate of its own making; nothing secret is said to it.
#pragma warning disable CA5359
            var tls = new SslStream(_stream!, false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync("localhost");
            _stream = tls;
        }
    }
}
