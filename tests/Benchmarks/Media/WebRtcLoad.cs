using System.Diagnostics;
using System.Globalization;
using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Dtls;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;
using Webphone.Net.Media;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// Calls of which one side is a browser and the other a plain phone; the engine runs here and nothing else, both kinds of peers in a process of their own
/// (<see cref="WebRtcLoadPeers"/>). With <c>--plain</c> both sides are plain phones of the same generator: that is what to compare with.
/// <c>dotnet run -c Release --project tests/Benchmarks -- webrtc-load --calls 200 --seconds 20 [--plain]</c>
/// </summary>
internal static class WebRtcLoad
{
    private const int Port = 18190;

    public static async Task<int> Run(string[] args)
    {
        var calls = Option(args, "--calls", 200);
        var seconds = Option(args, "--seconds", 20);
        var plain = args.Contains("--plain");
        if (args[0] == "webrtc-load-peers")
            return await WebRtcLoadPeers.Run(calls, seconds, plain, Port);
        var places = new[] { (IPAddress.Loopback, IPAddress.Loopback) };
        using var engine = new MediaEngine(new MediaOptions { RtpTimeout = TimeSpan.Zero, WebRtc = new WebRtcSettings { Port = Port, Places = places } });
        using var peers = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["webrtc-load-peers", .. args[1..]]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (!DtlsFingerprint.TryParse(peers.StandardOutput.ReadLine(), out var fingerprint))
            throw new InvalidOperationException("The peers did not start.");
        var endpoints = new List<MediaEndpoint>();
        for (var i = 0; i < calls; i++)
        {
            var line = peers.StandardOutput.ReadLine()!.Split(' ');
            var (first, told) = plain ? Plain(engine, line[0]) : Browser(engine, line[0], line[1], fingerprint!);
            var (second, port) = Plain(engine, line[^1]);
            MediaEndpoint.Connect(first, second);
            endpoints.AddRange([first, second]);
            peers.StandardInput.WriteLine($"{told} {port}");
        }
        Console.WriteLine(peers.StandardOutput.ReadLine());
        peers.StandardOutput.ReadLine();
        var before = Totals(endpoints);
        var collections = GC.CollectionCount(0);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        peers.StandardInput.WriteLine();
        Console.WriteLine(peers.StandardOutput.ReadLine());
        var spent = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var after = Totals(endpoints);
        var received = after.Received - before.Received;
        Console.WriteLine($"engine: {calls} calls {(plain ? "of plain RTP" : "from WebRTC to plain RTP")}: received {received}, sent {after.Sent - before.Sent}, lost before {after.Lost - before.Lost}, " +
            $"refused {after.Refused - before.Refused}, not sent {after.NotSent - before.NotSent}, dropped at the shared port {engine.WebRtc?.Counters.Total}");
        Console.WriteLine($"engine: {spent.TotalMicroseconds / Math.Max(1, received):F2} µs of processor a packet ({spent.TotalSeconds / seconds:P0} of one core), " +
            $"{allocated} bytes allocated in the run ({(double)allocated / Math.Max(1, received):F4} a packet), {GC.CollectionCount(0) - collections} collections");
        await peers.WaitForExitAsync();
        return peers.ExitCode;
    }

    private static (MediaEndpoint Endpoint, string Told) Browser(MediaEngine engine, string ufrag, string password, DtlsFingerprint fingerprint)
    {
        var endpoint = engine.TryAllocateWebRtc() ?? throw new PlatformNotSupportedException("WebRTC needs OpenSSL 3.");
        IceCredentials.TryMake(ufrag, password, out var credentials);
        var description = endpoint.WebRtc!.Prepare()!;
        endpoint.WebRtc.Start(new RemoteTransport(credentials!, [fingerprint], DtlsRole.Server));
        endpoint.WebRtc.Apply(new LocalMedia { Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] }, new RemoteMedia { Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] });
        endpoint.SetDirection(MediaDirection.SendReceive);
        return (endpoint, $"{description.Credentials.Ufrag} {description.Credentials.Password}");
    }

    private static (MediaEndpoint Endpoint, string Told) Plain(MediaEngine engine, string port)
    {
        var endpoint = engine.TryAllocate() ?? throw new InvalidOperationException("No port is free.");
        endpoint.Apply(new LocalMedia { Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] }, new RemoteMedia
        {
            Rtp = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)),
            Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)],
        });
        return (endpoint, $"{endpoint.RtpPort}");
    }

    private static (long Received, long Sent, long Lost, long Refused, long NotSent) Totals(List<MediaEndpoint> endpoints)
    {
        var all = endpoints.ConvertAll(endpoint => endpoint.Statistics);
        return (all.Sum(one => one.PacketsReceived), all.Sum(one => one.PacketsSent), all.Sum(one => one.PacketsLost), all.Sum(one => one.Drops.Total), all.Sum(one => one.SendFailures));
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
