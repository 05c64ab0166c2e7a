using System.Diagnostics;
using System.Globalization;
using System.Net;
using Webphone.Grains.Recordings;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Net.Media;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// Bridged calls under load: the engine runs here and nothing else, the phones in a process of their own (<see cref="RtpLoadPhones"/>).
/// <c>dotnet run -c Release --project tests/Benchmarks -- rtp-load --calls 500 --seconds 60 [--transcode pcma|g722|opus] [--record wav|opus]</c>
/// </summary>
internal static class RtpLoad
{
    private static readonly RtpCodec Said = new(AudioCodec.Pcmu, 0);

    public static int Run(string[] args)
    {
        var calls = Option(args, "--calls", 500);
        var seconds = Option(args, "--seconds", 60);
        if (args[0] == "rtp-load-phones")
            return RtpLoadPhones.Run(seconds);
        using var engine = new MediaEngine(new MediaOptions { RtpTimeout = TimeSpan.Zero });
        using var phones = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["rtp-load-phones", "--seconds", $"{seconds}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var sources = Array.ConvertAll(phones.StandardOutput.ReadLine()!.Split(' '), port => int.Parse(port, CultureInfo.InvariantCulture));
        var endpoints = Connect(engine, calls, sources, Transcoded(args));
        using var recordings = Record(args, endpoints);
        phones.StandardInput.WriteLine(string.Join(' ', endpoints.Select(endpoint => endpoint.RtpPort)));
        // The phones say when their warm-up is over, begin when told, and say when they are done.
        phones.StandardOutput.ReadLine();
        var ports = endpoints.Select(endpoint => endpoint.RtpPort).Concat(sources).ToHashSet();
        var before = Totals(endpoints);
        var dropped = KernelDrops(ports);
        var collections = GC.CollectionCount(0);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        phones.StandardInput.WriteLine();
        Console.WriteLine(phones.StandardOutput.ReadLine());
        var spent = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(phones.StandardOutput.ReadLine());
        var after = Totals(endpoints);
        var received = after.Received - before.Received;
        Console.WriteLine($"engine: received {received}, sent {after.Sent - before.Sent}, lost before {after.Lost - before.Lost}, refused {after.Refused - before.Refused}, " +
            $"not sent {after.NotSent - before.NotSent}, dropped by the kernel's buffers {KernelDrops(ports) - dropped}");
        Console.WriteLine($"engine: {spent.TotalMicroseconds / Math.Max(1, received):F2} µs of processor a packet ({spent.TotalSeconds / seconds:P0} of one core), " +
            $"{allocated} bytes allocated in the run ({(double)allocated / Math.Max(1, received):F4} a packet), {GC.CollectionCount(0) - collections} collections");
        phones.WaitForExit();
        return phones.ExitCode;
    }

    /// <summary>What the legs are to hear of others' PCMU.</summary>
    private static RtpCodec Transcoded(string[] args)
    {
        var at = Array.IndexOf(args, "--transcode");
        if (at < 0)
            return Said;
        return AudioCodecs.TryFromName(args[at + 1], out var codec) ? new RtpCodec(codec, RoomLoadPhones.PayloadTypeOf(codec)) : throw new ArgumentException($"There is no codec {args[at + 1]}.");
    }

    /// <summary>One leg of each call.</summary>
    private static RtpLoadRecordings? Record(string[] args, MediaEndpoint[] endpoints)
    {
        var at = Array.IndexOf(args, "--record");
        return at < 0 ? null : new RtpLoadRecordings(endpoints.Where((_, i) => i % 2 == 0), Enum.Parse<RecordingFileKind>(args[at + 1], ignoreCase: true));
    }

    private static MediaEndpoint[] Connect(MediaEngine engine, int calls, int[] sources, RtpCodec heard)
    {
        var endpoints = new MediaEndpoint[2 * calls];
        for (var i = 0; i < endpoints.Length; i++)
        {
            endpoints[i] = engine.TryAllocate() ?? throw new InvalidOperationException("No port is free.");
            endpoints[i].Apply(new LocalMedia { Codecs = [Said] }, new RemoteMedia
            {
                Rtp = new IPEndPoint(IPAddress.Loopback, sources[i * sources.Length / endpoints.Length]),
                Codecs = [heard],
            });
            if (i % 2 == 1)
                MediaEndpoint.Connect(endpoints[i - 1], endpoints[i]);
        }
        return endpoints;
    }

    private static (long Received, long Sent, long Lost, long Refused, long NotSent) Totals(MediaEndpoint[] endpoints)
    {
        var all = Array.ConvertAll(endpoints, endpoint => endpoint.Statistics);
        return (all.Sum(one => one.PacketsReceived), all.Sum(one => one.PacketsSent), all.Sum(one => one.PacketsLost), all.Sum(one => one.Drops.Total), all.Sum(one => one.SendFailures));
    }

    /// <summary>What full socket buffers lost, exactly, over the ports of both processes.</summary>
    private static long KernelDrops(HashSet<int> ports)
    {
        var drops = 0L;
        foreach (var line in File.ReadLines("/proc/net/udp").Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (ports.Contains(Convert.ToInt32(fields[1][(fields[1].IndexOf(':') + 1)..], 16)))
                drops += long.Parse(fields[^1], CultureInfo.InvariantCulture);
        }
        return drops;
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
