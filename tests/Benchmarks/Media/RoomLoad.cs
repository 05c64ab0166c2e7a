using System.Diagnostics;
using System.Globalization;
using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Net.Media;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// Rooms under load: the engine runs here and nothing else, the phones in a process of their own (<see cref="RoomLoadPhones"/>). Lateness is the engine's own figure, which
/// operators see too: from a frame's turn until its last packet has been sent. Who speaks Opus is a browser, and says of each packet how loud it is; with <c>--untold</c> it does not.
/// <c>dotnet run -c Release --project tests/Benchmarks -- room-load --rooms 50 --members 10 --seconds 20 [--talkers 2] [--codecs pcmu,g722,opus] [--untold] [--loops 1] [--idle 5000]</c>
/// </summary>
internal static class RoomLoad
{
    public static int Run(string[] args)
    {
        var (rooms, members, seconds) = (Option(args, "--rooms", 50), Option(args, "--members", 10), Option(args, "--seconds", 20));
        var codecs = Codecs(args);
        if (args[0] == "room-load-phones")
            return RoomLoadPhones.Run(rooms * members, members, Option(args, "--talkers", 2), codecs, told: !args.Contains("--untold"), seconds);
        var usual = new MediaOptions { RtpTimeout = TimeSpan.Zero };
        using var engine = new MediaEngine(usual with { Loops = Option(args, "--loops", usual.Loops) });
        var idle = Option(args, "--idle", 0);
        if (idle > 0)
            return Idle(engine, idle, seconds);
        using var phones = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["room-load-phones", .. args[1..]]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var sources = Array.ConvertAll(phones.StandardOutput.ReadLine()!.Split(' '), port => int.Parse(port, CultureInfo.InvariantCulture));
        var endpoints = Seat(engine, rooms, members, sources, codecs);
        phones.StandardInput.WriteLine(string.Join(' ', endpoints.Select(endpoint => endpoint.RtpPort)));
        phones.StandardOutput.ReadLine();
        var before = Totals(endpoints);
        var lateness = engine.Mixes.Lateness();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        phones.StandardInput.WriteLine();
        Console.WriteLine(phones.StandardOutput.ReadLine());
        var (spent, took) = (Environment.CpuUsage.TotalTime - processor, watch.Elapsed);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var after = Totals(endpoints);
        Console.WriteLine($"engine: {rooms} rooms of {members} ({string.Join(", ", codecs)}): received {after.Received - before.Received}, sent {after.Sent - before.Sent}, " +
            $"not sent {after.NotSent - before.NotSent}, refused {after.Refused - before.Refused}");
        var each = spent.TotalMicroseconds / Math.Max(1, after.Sent - before.Sent);
        Print($"engine: {spent / took * 100:F1} % of one core, {spent / took * 100 / endpoints.Length:F3} % for each participant, {each:F2} µs for each frame sent; {allocated} bytes allocated in the run");
        Judge(engine, lateness);
        phones.WaitForExit();
        return phones.ExitCode;
    }

    /// <summary>Rooms in which one waits alone, and rooms of two of whom both hold: nobody is sent anything.</summary>
    private static int Idle(MediaEngine engine, int rooms, int seconds)
    {
        var mixes = new List<MediaMix>();
        for (var i = 0; i < rooms; i++)
        {
            var mix = engine.CreateMix();
            mix.Add(engine.TryAllocate() ?? throw new InvalidOperationException("No port is free."));
            mixes.Add(mix);
        }
        Thread.Sleep(2000);
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        Print($"{mixes.Count} rooms in which one waits: {(Environment.CpuUsage.TotalTime - processor) / watch.Elapsed * 100:F2} % of one core");
        return 0;
    }

    private static void Judge(MediaEngine engine, long[] before)
    {
        var lateness = engine.Mixes.Lateness();
        for (var i = 0; i < lateness.Length; i++)
            lateness[i] -= before[i];
        var (frames, late) = (lateness.Sum(), lateness.Skip((int)(MixFigures.Late.TotalMilliseconds * 10)).Sum());
        Print($"mixes: {frames} frames, late by more than 5 ms {late} ({100.0 * late / Math.Max(1, frames):F3} %)");
        Print($"mixes: lateness median {Percentile(lateness, 0.5):F1} ms, 99th {Percentile(lateness, 0.99):F1} ms, 99.9th {Percentile(lateness, 0.999):F1} ms, most {Percentile(lateness, 1):F1} ms");
    }

    private static double Percentile(long[] counts, double share)
    {
        var left = (long)(counts.Sum() * share);
        var i = 0;
        while (i < counts.Length - 1 && (left -= counts[i]) > 0)
            i++;
        return (i + 1) / 10.0;
    }

    private static MediaEndpoint[] Seat(MediaEngine engine, int rooms, int members, int[] sources, AudioCodec[] codecs)
    {
        var endpoints = new MediaEndpoint[rooms * members];
        for (var room = 0; room < rooms; room++)
        {
            var mix = engine.CreateMix();
            for (var i = room * members; i < (room + 1) * members; i++)
            {
                var codec = new RtpCodec(codecs[i % codecs.Length], RoomLoadPhones.PayloadTypeOf(codecs[i % codecs.Length]));
                endpoints[i] = engine.TryAllocate() ?? throw new InvalidOperationException("No port is free.");
                endpoints[i].Apply(new LocalMedia { Codecs = [codec], AudioLevelId = RoomLoadPhones.AudioLevelId }, new RemoteMedia
                {
                    Rtp = new IPEndPoint(IPAddress.Loopback, sources[i * sources.Length / endpoints.Length]),
                    Codecs = [codec],
                });
                mix.Add(endpoints[i]);
            }
        }
        return endpoints;
    }

    private static (long Received, long Sent, long Refused, long NotSent) Totals(MediaEndpoint[] endpoints)
    {
        var all = Array.ConvertAll(endpoints, endpoint => endpoint.Statistics);
        return (all.Sum(one => one.PacketsReceived), all.Sum(one => one.PacketsSent), all.Sum(one => one.Drops.Total), all.Sum(one => one.SendFailures));
    }

    private static AudioCodec[] Codecs(string[] args)
    {
        var at = Array.IndexOf(args, "--codecs");
        var names = at >= 0 && at + 1 < args.Length ? args[at + 1] : "pcmu";
        return [.. names.Split(',').Select(name => AudioCodecs.TryFromName(name, out var codec) && codec.CanTranscode() ? codec : throw new ArgumentException($"There is no codec {name} here."))];
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
