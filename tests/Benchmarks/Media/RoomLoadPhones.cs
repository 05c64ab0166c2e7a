using System.Globalization;
using Webphone.Media.Codecs;
using Webphone.Media.Rtp;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// The phones of <see cref="RoomLoad"/>: each sends 50 packets a second, all of them spread over each frame. So many of each room speak at a time, for two seconds each, and
/// the others send the noise of a quiet room. What they say was encoded before, so that the generator costs little.
/// </summary>
internal static class RoomLoadPhones
{
    private const int Sockets = 8;
    private const int WarmUpFrames = 150;
    private const int TurnFrames = 100;
    private const long FrameNanoseconds = 20_000_000;
    private const long StepNanoseconds = 500_000;

    /// <summary>What the voices are, in dB below overload.</summary>
    private const byte SpeechLevel = 21;
    private const byte NoiseLevel = 67;

    public const byte AudioLevelId = 1;

    private static long _heard;

    public static byte PayloadTypeOf(AudioCodec codec) => codec.StaticPayloadType() ?? 111;

    public static int Run(int legs, int members, int talkers, AudioCodec[] codecs, bool told, int seconds)
    {
        var sockets = Enumerable.Range(0, Sockets).Select(_ => new LoadSocket()).ToArray();
        Console.WriteLine(string.Join(' ', sockets.Select(socket => socket.Port)));
        var targets = Array.ConvertAll(Console.ReadLine()!.Split(' '), port => int.Parse(port, CultureInfo.InvariantCulture));
        var voices = codecs.Distinct().ToDictionary(codec => codec, codec => (Speech: Encode(codec, 6000), Noise: Encode(codec, 30)));
        new Thread(() => Read(sockets)) { IsBackground = true }.Start();
        LoadSocket.WakeOnTime();
        var room = new Room(members, talkers, codecs, told, voices);
        Send(sockets, targets, room, 0, WarmUpFrames);
        Console.WriteLine("warm");
        Console.ReadLine();
        var processor = Environment.CpuUsage.TotalTime;
        Thread.Sleep(20);
        var heard = Volatile.Read(ref _heard);
        Send(sockets, targets, room, WarmUpFrames, seconds * 50);
        Thread.Sleep(20);
        var spent = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine($"phones: {legs}, of each {members} {talkers} speak at a time; sent {(long)legs * seconds * 50}, heard {Volatile.Read(ref _heard) - heard}; " +
            string.Create(CultureInfo.InvariantCulture, $"the generator took {spent.TotalSeconds / seconds:P0} of one core"));
        return 0;
    }

    /// <summary>Two seconds of one stream, said again and again.</summary>
    private static byte[][] Encode(AudioCodec codec, int amplitude)
    {
        using var encoder = codec.CreateEncoder();
        var samples = new short[encoder.SampleRate / AudioCodecs.FramesPerSecond];
        var payload = new byte[AudioCodecs.MaxPayload];
        var random = new Random(1);
        var frames = new byte[TurnFrames][];
        for (var frame = 0; frame < frames.Length; frame++)
        {
            for (var i = 0; i < samples.Length; i++)
            {
                var at = (double)(frame * samples.Length + i) / encoder.SampleRate;
                samples[i] = (short)((amplitude * Math.Sin(2 * Math.PI * 310 * at) * (0.6 + 0.4 * Math.Sin(2 * Math.PI * 4 * at))) + ((random.NextDouble() - 0.5) * amplitude / 3));
            }
            frames[frame] = payload[..encoder.Encode(samples, payload)];
        }
        return frames;
    }

    private static void Send(LoadSocket[] sockets, int[] targets, Room room, int firstFrame, int frames)
    {
        var counts = new int[sockets.Length];
        var start = LoadSocket.Now() + StepNanoseconds;
        var total = (long)frames * targets.Length;
        for (long sent = 0; sent < total;)
        {
            LoadSocket.SleepUntil(start + (sent * FrameNanoseconds / targets.Length / StepNanoseconds * StepNanoseconds) + StepNanoseconds);
            var elapsed = LoadSocket.Now() - start;
            for (; sent < total && sent * FrameNanoseconds / targets.Length <= elapsed; sent++)
            {
                // Spread over the frame so that no room's packets come together.
                var leg = (int)(sent % targets.Length * 7 % targets.Length);
                var socket = leg * sockets.Length / targets.Length;
                if (counts[socket] == LoadSocket.MaxBatch)
                    Flush(sockets, counts, socket);
                var length = room.Write(leg, firstFrame + (int)(sent / targets.Length), sockets[socket].Outgoing(counts[socket]));
                sockets[socket].Address(counts[socket]++, targets[leg], length);
            }
            for (var socket = 0; socket < sockets.Length; socket++)
                Flush(sockets, counts, socket);
        }
    }

    private static void Flush(LoadSocket[] sockets, int[] counts, int socket)
    {
        if (counts[socket] > 0)
            sockets[socket].Send(counts[socket]);
        counts[socket] = 0;
    }

    private static void Read(LoadSocket[] sockets)
    {
        while (true)
        {
            foreach (var socket in sockets)
            {
                for (var count = LoadSocket.MaxBatch; count == LoadSocket.MaxBatch;)
                {
                    count = socket.Receive();
                    Interlocked.Add(ref _heard, count);
                }
            }
            Thread.Sleep(2);
        }
    }

    private sealed class Room(int members, int talkers, AudioCodec[] codecs, bool told, Dictionary<AudioCodec, (byte[][] Speech, byte[][] Noise)> voices)
    {
        public int Write(int leg, int frame, Span<byte> packet)
        {
            var codec = codecs[leg % codecs.Length];
            var (room, member) = (leg / members, leg % members);
            // Rooms take turns at different times.
            var turn = (frame + (room * 13)) / TurnFrames;
            var isSpeaking = ((member - turn) % members + members) % members < talkers;
            var payload = (isSpeaking ? voices[codec].Speech : voices[codec].Noise)[frame % TurnFrames];
            new RtpHeader(PayloadTypeOf(codec), false, (ushort)frame, (uint)(frame * (codec.ClockRate() / AudioCodecs.FramesPerSecond)), (uint)leg + 1).Write(packet);
            var at = RtpHeader.FixedSize;
            if (told && codec == AudioCodec.Opus)
            {
                AudioLevelExtension.Write(packet, AudioLevelId, isSpeaking ? SpeechLevel : NoiseLevel);
                at += AudioLevelExtension.Size;
            }
            payload.CopyTo(packet[at..]);
            return at + payload.Length;
        }
    }
}
