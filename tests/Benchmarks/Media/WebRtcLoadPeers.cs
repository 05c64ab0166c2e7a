using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Webphone.Media.Dtls;
using Webphone.Media.Ice;
using Webphone.Media.Rtp;
using Webphone.Net.Media.WebRtc;
using Webphone.Net.Tests.Media.WebRtc;

namespace Webphone.Benchmarks.Media;

/// <summary>The browsers and phones of <see cref="WebRtcLoad"/>: each sends 50 packets a second, all of them spread over each frame.</summary>
internal static class WebRtcLoadPeers
{
    private const int WarmUpSeconds = 3;
    private const int StepsOfFrame = 20;

    public static async Task<int> Run(int calls, int seconds, bool plain, int port)
    {
        var certificate = DtlsCertificate.Make(DateTimeOffset.UtcNow);
        Console.WriteLine(certificate.Fingerprint);
        var server = new IPEndPoint(IPAddress.Loopback, port);
        var browsers = Enumerable.Range(0, plain ? 0 : calls).Select(_ => new TestBrowser(server, certificate: certificate) { CountsOnly = true }).ToArray();
        var phones = Enumerable.Range(0, plain ? 2 * calls : calls).Select(_ => new PlainPhone()).ToArray();
        for (var i = 0; i < calls; i++)
            Console.WriteLine(plain ? $"{phones[2 * i].Port} {phones[2 * i + 1].Port}" : $"{browsers[i].Credentials.Ufrag} {browsers[i].Credentials.Password} {phones[i].Port}");
        var connecting = new List<Task>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < calls; i++)
        {
            var line = Console.ReadLine()!.Split(' ');
            if (plain)
                phones[2 * i].Target = int.Parse(line[0], CultureInfo.InvariantCulture);
            else
                connecting.Add(Connect(browsers[i], line[0], line[1], certificate));
            phones[plain ? 2 * i + 1 : i].Target = int.Parse(line[^1], CultureInfo.InvariantCulture);
        }
        await Task.WhenAll(connecting);
        Console.WriteLine($"peers: {connecting.Count} handshakes at once in {watch.ElapsedMilliseconds} ms");
        Send(browsers, phones, WarmUpSeconds);
        var before = Heard(browsers, phones);
        Console.WriteLine("warm");
        Console.ReadLine();
        var processor = Environment.CpuUsage.TotalTime;
        Send(browsers, phones, seconds);
        Thread.Sleep(300);
        var sent = 2L * calls * seconds * 50;
        var heard = Heard(browsers, phones) - before;
        Console.WriteLine($"peers: sent {sent}, heard {heard}, lost {sent - heard}; generator {(Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / sent:F2} µs of processor a packet");
        foreach (var browser in browsers)
            await browser.DisposeAsync();
        foreach (var phone in phones)
            phone.Dispose();
        return 0;
    }

    private static async Task Connect(TestBrowser browser, string ufrag, string password, DtlsCertificate own)
    {
        IceCredentials.TryMake(ufrag, password, out var credentials);
        // The certificate of the other process is not known here, and not what is measured.
        await browser.ConnectAsync(new LocalTransport(credentials!, [], own.Fingerprint));
    }

    private static long Heard(TestBrowser[] browsers, PlainPhone[] phones) => browsers.Sum(browser => browser.PacketsReceived) + phones.Sum(phone => phone.Heard);

    private static void Send(TestBrowser[] browsers, PlainPhone[] phones, int seconds)
    {
        var payload = new byte[160];
        var watch = Stopwatch.StartNew();
        for (var step = 0; step < seconds * 50 * StepsOfFrame; step++)
        {
            while (watch.Elapsed.TotalMilliseconds < step)
                Thread.Sleep(1);
            for (var i = step % StepsOfFrame; i < browsers.Length; i += StepsOfFrame)
                browsers[i].Send(payload);
            for (var i = step % StepsOfFrame; i < phones.Length; i += StepsOfFrame)
                phones[i].Send(payload);
        }
    }

    private sealed class PlainPhone : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly byte[] _packet = new byte[RtpHeader.FixedSize + 160];
        private ushort _sequence;

        public PlainPhone()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _ = Read();
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public int Target { set => _socket.Connect(IPAddress.Loopback, value); }

        public long Heard { get; private set; }

        public void Send(ReadOnlySpan<byte> payload)
        {
            payload.CopyTo(_packet.AsSpan(RtpHeader.FixedSize));
            new RtpHeader(0, false, _sequence, _sequence * 160u, (uint)Port).Write(_packet);
            _sequence++;
            _socket.Send(_packet);
        }

        public void Dispose() => _socket.Dispose();

        private async Task Read()
        {
            var buffer = new byte[2048];
            try
            {
                while (await _socket.ReceiveAsync(buffer.AsMemory()) > 0)
                    Heard++;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The run is over.
            }
        }
    }
}
