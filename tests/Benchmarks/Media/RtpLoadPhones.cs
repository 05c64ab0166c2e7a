using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Webphone.Media.Rtp;

namespace Webphone.Benchmarks.Media;

/// <summary>The phones of <see cref="RtpLoad"/>: every leg sends 50 packets a second, evenly spread over each frame, and each packet carries the time at which it left.</summary>
internal static class RtpLoadPhones
{
    private const int Sockets = 4;
    private const int PacketSize = 172;
    private const int WarmUpFrames = 100;
    private const int BucketMicroseconds = 10;

    public static int Run(int calls, int seconds)
    {
        var sockets = new Socket[Sockets];
        var delays = new long[Sockets][];
        for (var i = 0; i < Sockets; i++)
        {
            sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
            sockets[i].Bind(new IPEndPoint(IPAddress.Loopback, 0));
            delays[i] = new long[20_000];
            var (socket, buckets) = (sockets[i], delays[i]);
            new Thread(() => Receive(socket, buckets)) { IsBackground = true }.Start();
        }
        Console.WriteLine(string.Join(' ', sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)));
        var targets = Console.ReadLine()!.Split(' ').Select(port => new IPEndPoint(IPAddress.Loopback, int.Parse(port)).Serialize()).ToArray();
        Send(sockets, targets, 0, WarmUpFrames);
        Thread.Sleep(200);
        foreach (var buckets in delays)
            Array.Clear(buckets);
        Console.WriteLine("warm");
        var sent = Send(sockets, targets, WarmUpFrames, seconds * 50);
        Thread.Sleep(500);
        Report(calls, sent, delays);
        return 0;
    }

    private static long Send(Socket[] sockets, SocketAddress[] targets, int firstFrame, int frames)
    {
        var packet = new byte[PacketSize];
        var start = Stopwatch.GetTimestamp();
        var perPacket = Stopwatch.Frequency / 50.0 / targets.Length;
        long sent = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                // Sleeps where there is time and catches up in small groups where there is none.
                if (i % 10 == 0)
                {
                    var ahead = start + (long)(sent * perPacket) - Stopwatch.GetTimestamp();
                    if (ahead > Stopwatch.Frequency / 1000)
                        Thread.Sleep(1);
                }
                new RtpHeader(0, false, (ushort)(firstFrame + frame), (uint)((firstFrame + frame) * 160), (uint)i + 1).Write(packet);
                BinaryPrimitives.WriteInt64LittleEndian(packet.AsSpan(RtpHeader.FixedSize), Stopwatch.GetTimestamp());
                sockets[i % Sockets].SendTo(packet, SocketFlags.None, targets[i]);
                sent++;
            }
        }
        return sent;
    }

    private static void Receive(Socket socket, long[] buckets)
    {
        var buffer = new byte[2048];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            if (socket.ReceiveFrom(buffer, SocketFlags.None, from) < PacketSize)
                continue;
            var delay = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(RtpHeader.FixedSize)));
            buckets[Math.Min(buckets.Length - 1, (int)(delay.TotalMicroseconds / BucketMicroseconds))]++;
        }
    }

    private static void Report(int calls, long sent, long[][] delays)
    {
        var all = new long[delays[0].Length];
        foreach (var buckets in delays)
        {
            for (var i = 0; i < all.Length; i++)
                all[i] += buckets[i];
        }
        Console.WriteLine($"phones: {calls} calls, sent {sent}, heard {all.Sum()}, delay median {Percentile(all, 0.5):F2} ms, 99th {Percentile(all, 0.99):F2} ms, 99.9th {Percentile(all, 0.999):F2} ms");
    }

    private static double Percentile(long[] buckets, double share)
    {
        var left = (long)(buckets.Sum() * share);
        var i = 0;
        while (i < buckets.Length - 1 && (left -= buckets[i]) > 0)
            i++;
        return (i + 1) * BucketMicroseconds / 1000.0;
    }
}
