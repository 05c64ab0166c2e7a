using System.Numerics;
using System.Runtime.InteropServices;

namespace Webphone.Media.Mixing;

/// <summary>Sums of frames, many samples at a time. Every frame is as long as <see cref="MixFormat.FrameSamples"/>, which all vector sizes divide.</summary>
internal static class FrameMath
{
    /// <summary>Adds a frame to the sum.</summary>
    public static void Add(ReadOnlySpan<short> frame, Span<int> sum)
    {
        var sums = MemoryMarshal.Cast<int, Vector<int>>(sum);
        var samples = MemoryMarshal.Cast<short, Vector<short>>(frame);
        for (var i = 0; i < samples.Length; i++)
        {
            Vector.Widen(samples[i], out var low, out var high);
            sums[2 * i] += low;
            sums[(2 * i) + 1] += high;
        }
    }

    /// <summary>The largest magnitude of the sum.</summary>
    public static int Peak(ReadOnlySpan<int> sum)
    {
        var peaks = Vector<int>.Zero;
        foreach (var samples in MemoryMarshal.Cast<int, Vector<int>>(sum))
            peaks = Vector.Max(peaks, Vector.Abs(samples));
        var peak = 0;
        for (var i = 0; i < Vector<int>.Count; i++)
            peak = Math.Max(peak, peaks[i]);
        return peak;
    }

    /// <summary>The root mean square of a frame, 0 to 32767.</summary>
    public static double RootMeanSquare(ReadOnlySpan<short> frame)
    {
        if (frame.IsEmpty)
            return 0;
        var vectors = MemoryMarshal.Cast<short, Vector<short>>(frame);
        var total = Vector<float>.Zero;
        foreach (var samples in vectors)
        {
            Vector.Widen(samples, out var low, out var high);
            var (first, second) = (Vector.ConvertToSingle(low), Vector.ConvertToSingle(high));
            total += (first * first) + (second * second);
        }
        double sum = Vector.Sum(total);
        for (var i = vectors.Length * Vector<short>.Count; i < frame.Length; i++)
            sum += (double)frame[i] * frame[i];
        return Math.Sqrt(sum / frame.Length);
    }

    /// <summary>The sum with a gain that changes evenly along the frame, cut at the ends of the scale.</summary>
    public static void Scale(ReadOnlySpan<int> sum, float from, float to, Span<short> frame)
    {
        var sums = MemoryMarshal.Cast<int, Vector<int>>(sum);
        var frames = MemoryMarshal.Cast<short, Vector<short>>(frame);
        if (from == 1 && to == 1)
        {
            for (var i = 0; i < frames.Length; i++)
                frames[i] = Cut(sums[2 * i], sums[(2 * i) + 1]);
            return;
        }
        var step = (to - from) / sum.Length;
        var gains = Ramp(from, step);
        var next = new Vector<float>(step * Vector<float>.Count);
        for (var i = 0; i < frames.Length; i++)
        {
            var low = Vector.ConvertToInt32(Vector.ConvertToSingle(sums[2 * i]) * gains);
            gains += next;
            var high = Vector.ConvertToInt32(Vector.ConvertToSingle(sums[(2 * i) + 1]) * gains);
            gains += next;
            frames[i] = Cut(low, high);
        }
    }

    /// <summary>The sum less one frame of it.</summary>
    public static void Subtract(ReadOnlySpan<int> sum, ReadOnlySpan<short> frame, Span<int> rest)
    {
        var sums = MemoryMarshal.Cast<int, Vector<int>>(sum);
        var rests = MemoryMarshal.Cast<int, Vector<int>>(rest);
        var samples = MemoryMarshal.Cast<short, Vector<short>>(frame);
        for (var i = 0; i < samples.Length; i++)
        {
            Vector.Widen(samples[i], out var low, out var high);
            rests[2 * i] = sums[2 * i] - low;
            rests[(2 * i) + 1] = sums[(2 * i) + 1] - high;
        }
    }

    private static Vector<short> Cut(Vector<int> low, Vector<int> high) => Vector.Narrow(Limit(low), Limit(high));

    private static Vector<int> Limit(Vector<int> samples) => Vector.Min(Vector.Max(samples, new Vector<int>(short.MinValue)), new Vector<int>(short.MaxValue));

    private static Vector<float> Ramp(float from, float step)
    {
        Span<float> gains = stackalloc float[Vector<float>.Count];
        for (var i = 0; i < gains.Length; i++)
            gains[i] = from + (step * i);
        return new Vector<float>(gains);
    }
}
