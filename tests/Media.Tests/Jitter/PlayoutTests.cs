using Webphone.Media.Codecs;
using Webphone.Media.Jitter;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Jitter;

public class PlayoutTests
{
    private const int Hertz = 400;

    [Fact]
    public void Reordering_within_the_delay_costs_nothing()
    {
        using var playout = new Playout(AudioCodec.Pcmu);
        var output = Run(playout, frames: 500, arrivalMs: i => i * 20 + (i % 5 == 0 ? 45 : 0), lost: _ => false);
        var settled = output.AsSpan(output.Length / 2 / 160 * 160);
        Assert.True(Sine.SignalToNoiseDb(settled[..(settled.Length / 20 * 20)], Hertz, 8000) > 25);
        Assert.InRange(playout.TargetDelay.TotalMilliseconds, 40, 80);
    }

    [Fact]
    public void Lost_packets_are_filled_with_what_was_heard()
    {
        using var playout = new Playout(AudioCodec.Pcmu);
        var output = Run(playout, frames: 500, arrivalMs: i => i * 20, lost: i => i % 20 == 7);
        Assert.InRange(Sine.Amplitude(output.AsSpan(1600), Hertz, 8000), 7000, 8300);
        Assert.InRange(playout.Concealed, 20, 40);
    }

    [Theory]
    [InlineData(1.002)]
    [InlineData(0.998)]
    public void Drifting_clocks_neither_starve_nor_fill_it(double speed)
    {
        using var playout = new Playout(AudioCodec.Pcmu);
        Run(playout, frames: 5000, arrivalMs: i => i * 20 * speed, lost: _ => false);
        Assert.True(playout.Depth < TimeSpan.FromMilliseconds(160), playout.Depth.ToString());
    }

    [Fact]
    public void The_delay_shrinks_again_after_a_burst_of_lateness()
    {
        using var playout = new Playout(AudioCodec.Pcmu);
        Run(playout, frames: 3000, arrivalMs: i => i is > 100 and < 120 ? 120 * 20 : i * 20, lost: _ => false);
        Assert.True(playout.Depth < TimeSpan.FromMilliseconds(120), playout.Depth.ToString());
    }

    [Fact]
    public void Whatever_arrives_it_gives_a_frame_or_nothing_and_never_throws()
    {
        var random = new Random(4733);
        foreach (var codec in Enum.GetValues<AudioCodec>())
        {
            if (!codec.CanTranscode())
                continue;
            using var playout = new Playout(codec);
            var frame = new short[playout.SampleRate / 50];
            var payload = new byte[1300];
            for (var i = 0; i < 20000; i++)
            {
                random.NextBytes(payload);
                var header = new RtpHeader(0, false, (ushort)(i + random.Next(-40, 40)), (uint)(i * 160 + (random.Next(50) == 0 ? random.Next() : 0)), random.Next(500) == 0 ? 2u : 1u);
                playout.Put(header, payload.AsSpan(0, random.Next(10) == 0 ? random.Next(payload.Length) : 160), TimeSpan.FromMilliseconds(20 * i));
                playout.TryRead(frame);
            }
        }
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        using var playout = new Playout(AudioCodec.G722);
        var frame = new short[320];
        var payload = new byte[160];
        var number = 0;
        Assert.Equal(0, Allocation.OfQuietestRound(() =>
        {
            for (var end = number + 1000; number < end; number++)
            {
                if (number % 30 != 0)
                    playout.Put(new RtpHeader(9, false, (ushort)number, (uint)(number * 160), 1), payload, TimeSpan.FromMilliseconds(20 * number));
                playout.TryRead(frame);
            }
        }));
    }

    private static short[] Run(Playout playout, int frames, Func<int, double> arrivalMs, Func<int, bool> lost)
    {
        using var encoder = AudioCodec.Pcmu.CreateEncoder();
        var arrivals = Enumerable.Range(0, frames).Where(i => !lost(i)).Select(i => (Index: i, At: arrivalMs(i))).OrderBy(arrival => arrival.At).ToQueue();
        var output = new List<short>();
        var payload = new byte[160];
        var frame = new short[160];
        for (var tick = 0; tick < frames; tick++)
        {
            while (arrivals.TryPeek(out var next) && next.At <= tick * 20)
            {
                arrivals.Dequeue();
                encoder.Encode(Sine.Make(Hertz, 8000, 160, start: next.Index * 160), payload);
                playout.Put(new RtpHeader(0, false, (ushort)next.Index, (uint)next.Index * 160, 1), payload, TimeSpan.FromMilliseconds(next.At));
            }
            if (playout.TryRead(frame))
                output.AddRange(frame);
        }
        return [.. output];
    }
}

internal static class Queues
{
    public static Queue<T> ToQueue<T>(this IEnumerable<T> items) => new(items);
}
