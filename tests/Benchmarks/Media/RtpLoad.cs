using System.Diagnostics;
using System.Globalization;
using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Net.Media;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// Bridged calls under load: the engine runs here, the phones in a process of their own (<see cref="RtpLoadPhones"/>).
/// <c>dotnet run -c Release --project tests/Benchmarks -- rtp-load --calls 500 --seconds 60</c>
/// </summary>
internal static class RtpLoad
{
    public static int Run(string[] args)
    {
        var calls = Option(args, "--calls", 500);
        var seconds = Option(args, "--seconds", 60);
        if (args[0] == "rtp-load-phones")
            return RtpLoadPhones.Run(calls, seconds);
        using var engine = new MediaEngine(new MediaOptions { RtpTimeout = TimeSpan.Zero });
        using var phones = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["rtp-load-phones", "--calls", $"{calls}", "--seconds", $"{seconds}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var sources = phones.StandardOutput.ReadLine()!.Split(' ').Select(int.Parse).ToArray();
        var endpoints = new MediaEndpoint[2 * calls];
        for (var i = 0; i < endpoints.Length; i++)
        {
            endpoints[i] = engine.TryAllocate() ?? throw new InvalidOperationException("No port is free.");
            endpoints[i].Apply(new LocalMedia(), new RemoteMedia
            {
                Rtp = new IPEndPoint(IPAddress.Loopback, sources[i % sources.Length]),
                Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)],
            });
            if (i % 2 == 1)
                MediaEndpoint.Connect(endpoints[i - 1], endpoints[i]);
        }
        phones.StandardInput.WriteLine(string.Join(' ', endpoints.Select(endpoint => endpoint.RtpPort)));
        // The phones say when their warm-up is over, and then when they are done.
        phones.StandardOutput.ReadLine();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        Console.WriteLine(phones.StandardOutput.ReadLine());
        var spent = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var statistics = Array.ConvertAll(endpoints, endpoint => endpoint.Statistics);
        var received = statistics.Sum(one => one.PacketsReceived);
        Console.WriteLine($"engine: received {received}, sent {statistics.Sum(one => one.PacketsSent)}, lost before {statistics.Sum(one => one.PacketsLost)}, " +
            $"on probation {statistics.Sum(one => one.Drops.Probation)}, dropped {statistics.Sum(one => one.Drops.Total - one.Drops.Probation)}, not sent {statistics.Sum(one => one.SendFailures)}");
        Console.WriteLine($"engine: {allocated} bytes allocated in the run ({(double)allocated / Math.Max(1, received):F4} a packet), {spent.TotalMicroseconds / Math.Max(1, received):F2} µs of processor a packet");
        phones.WaitForExit();
        return phones.ExitCode;
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
