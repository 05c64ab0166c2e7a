using System.Buffers.Binary;
using System.Globalization;
using Webphone.Media.Rtp;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// The phones of <see cref="RtpLoad"/>: every leg sends 50 packets a second, all legs evenly spread over each frame, and each packet
/// carries the time at which it left. Its delay ends when the kernel has it in the other phone's socket.
/// </summary>
internal static class RtpLoadPhones
{
    private const int Sockets = 8;
    private const int PacketSize = 172;
    private const int WarmUpFrames = 100;
    private const int BucketNanoseconds = 10_000;
    private const long FrameNanoseconds = 20_000_000;
    private const long StepNanoseconds = 500_000;
    private const long ReadNanoseconds = 2_000_000;

    private static readonly long[] Delays = new long[100_000];
    private static volatile bool _counting;

    public static int Run(int seconds)
    {
        var sockets = Open();
        Console.WriteLine(string.Join(' ', sockets.Select(socket => socket.Port)));
        var targets = Array.ConvertAll(Console.ReadLine()!.Split(' '), port => int.Parse(port, CultureInfo.InvariantCulture));
        var reader = new Thread(() => Read(sockets)) { IsBackground = true };
        reader.Start();
        LoadSocket.WakeOnTime();
        Send(sockets, targets, 0, WarmUpFrames);
        Thread.Sleep(200);
        _counting = true;
        Console.WriteLine("warm");
        Console.ReadLine();
        var processor = Environment.CpuUsage.TotalTime;
        var late = Send(sockets, targets, WarmUpFrames, seconds * 50);
        Thread.Sleep(500);
        var sent = (long)targets.Length * seconds * 50;
        var heard = Delays.Sum();
        var spent = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine($"phones: {targets.Length / 2} calls, sent {sent}, heard {heard}, lost {sent - heard}; generator {spent.TotalMicroseconds / sent:F2} µs of processor a packet, at most {late / 1e6:F1} ms late");
        Console.WriteLine($"phones: delay median {Percentile(0.5):F2} ms, 99th {Percentile(0.99):F2} ms, 99.9th {Percentile(0.999):F2} ms, most {Percentile(1):F2} ms");
        return 0;
    }

    private static LoadSocket[] Open()
    {
        var sockets = new LoadSocket[Sockets];
        for (var i = 0; i < Sockets; i++)
            sockets[i] = new LoadSocket();
        return sockets;
    }

    /// <summary>Sends what is due every half millisecond; gives by how much it was late at worst.</summary>
    private static long Send(LoadSocket[] sockets, int[] targets, int firstFrame, int frames)
    {
        var batch = new LoadBatch(sockets, targets);
        var start = LoadSocket.Now() + StepNanoseconds;
        var total = (long)frames * targets.Length;
        long sent = 0, late = 0;
        while (sent < total)
        {
            LoadSocket.SleepUntil(start + DueAt(sent, targets.Length) / StepNanoseconds * StepNanoseconds + StepNanoseconds);
            var elapsed = LoadSocket.Now() - start;
            late = Math.Max(late, elapsed - DueAt(sent, targets.Length));
            for (; sent < total && DueAt(sent, targets.Length) <= elapsed; sent++)
                batch.Add((int)(sent % targets.Length), firstFrame + (int)(sent / targets.Length));
            batch.Flush();
        }
        return late;
    }

    private static long DueAt(long packet, int legs) => packet * FrameNanoseconds / legs;

    private static void Read(LoadSocket[] sockets)
    {
        LoadSocket.WakeOnTime();
        while (true)
        {
            foreach (var socket in sockets)
            {
                for (var count = LoadSocket.MaxBatch; count == LoadSocket.MaxBatch;)
                {
                    count = socket.Receive();
                    for (var i = 0; i < count; i++)
                        Count(socket, i);
                }
            }
            LoadSocket.SleepUntil(LoadSocket.Now() + ReadNanoseconds);
        }
    }

    private static void Count(LoadSocket socket, int i)
    {
        var packet = socket.Incoming(i);
        if (!_counting || packet.Length != PacketSize)
            return;
        var delay = socket.ArrivedAt(i) - BinaryPrimitives.ReadInt64LittleEndian(packet[RtpHeader.FixedSize..]);
        Delays[Math.Clamp(delay / BucketNanoseconds, 0, Delays.Length - 1)]++;
    }

    private static double Percentile(double share)
    {
        var left = (long)(Delays.Sum() * share);
        var i = 0;
        while (i < Delays.Length - 1 && (left -= Delays[i]) > 0)
            i++;
        return (i + 1) * BucketNanoseconds / 1e6;
    }

    /// <summary>Datagrams for one socket at a time, sent together.</summary>
    private sealed class LoadBatch(LoadSocket[] sockets, int[] targets)
    {
        private int _socket;
        private int _count;

        public void Add(int leg, int frame)
        {
            var socket = leg * Sockets / targets.Length;
            if (socket != _socket || _count == LoadSocket.MaxBatch)
                Flush();
            _socket = socket;
            var packet = sockets[socket].Outgoing(_count);
            new RtpHeader(0, false, (ushort)frame, (uint)(frame * 160), (uint)leg + 1).Write(packet);
            sockets[socket].Address(_count++, targets[leg], PacketSize);
        }

        public void Flush()
        {
            if (_count == 0)
                return;
            var now = LoadSocket.Now();
            for (var i = 0; i < _count; i++)
                BinaryPrimitives.WriteInt64LittleEndian(sockets[_socket].Outgoing(i)[RtpHeader.FixedSize..], now);
            sockets[_socket].Send(_count);
            _count = 0;
        }
    }
}
