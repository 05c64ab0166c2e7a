using System.Diagnostics.Metrics;
using Webphone.Net.Sip.Limits;

namespace Webphone.Net.Media;

/// <summary>
/// What the mixes of one engine came to; the meter <c>Webphone.Net</c> observes it. A frame's lateness runs from its turn of the wheel until its last packet has been
/// sent. Thread-safe; counting allocates nothing.
/// </summary>
public sealed class MixFigures : IDisposable
{
    /// <summary>A frame that is sent this much later than its turn counts as late, and so does one that was never made.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Bucket = TimeSpan.FromMilliseconds(0.1);
    private readonly long[] _lateness = new long[1000];
    private readonly Meter _meter = new(TransportCounters.MeterName);
    private long _frames;
    private long _late;
    private int _mixes;

    internal MixFigures()
    {
        _meter.CreateObservableGauge("webphone.mixes", () => Count, "{mix}", "Conferences that are mixed here, those in which somebody waits alone included");
        _meter.CreateObservableCounter("webphone.mix.frames", () => Frames, "{frame}", "Frames of conferences, of 20 ms each");
        _meter.CreateObservableCounter("webphone.mix.frames.late", () => LateFrames, "{frame}", "Frames of conferences that were sent more than 5 ms late, or not made");
    }

    /// <summary>Mixes that are there.</summary>
    public int Count => Volatile.Read(ref _mixes);

    /// <summary>Frames that were due.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Those that were <see cref="Late"/>, or never made.</summary>
    public long LateFrames => Volatile.Read(ref _late);

    /// <summary>How many frames there were of each lateness, in steps of 0.1 ms; the last step holds all that is later, and those never made.</summary>
    public long[] Lateness() => [.. _lateness];

    public void Dispose() => _meter.Dispose();

    internal void Opened() => Interlocked.Increment(ref _mixes);

    internal void Closed() => Interlocked.Decrement(ref _mixes);

    internal void Made(TimeSpan lateness)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Increment(ref _lateness[(int)Math.Clamp(lateness / Bucket, 0, _lateness.Length - 1)]);
        if (lateness > Late)
            Interlocked.Increment(ref _late);
    }

    internal void Missed(long frames)
    {
        Interlocked.Add(ref _frames, frames);
        Interlocked.Add(ref _lateness[^1], frames);
        Interlocked.Add(ref _late, frames);
    }
}
