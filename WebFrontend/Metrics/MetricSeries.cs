namespace Webphone.WebFrontend.Metrics;

/// <summary>One series: a number, or the buckets of a histogram. Safe from any thread.</summary>
internal sealed class MetricSeries(MetricKind kind, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = kind == MetricKind.Histogram ? new long[bounds.Length + 1] : [];
    private double _value;
    private bool _recorded;

    public bool IsEmpty => !_recorded;

    /// <summary>The number; of a histogram the sum.</summary>
    public double Value
    {
        get
        {
            lock (_gate) return _value;
        }
    }

    public void Record(double value)
    {
        lock (_gate)
        {
            _recorded = true;
            _value = kind == MetricKind.Last ? value : _value + value;
            if (kind == MetricKind.Histogram) _counts[BucketOf(value)]++;
        }
    }

    public (long[] Counts, double Sum) Snapshot()
    {
        lock (_gate) return ([.. _counts], _value);
    }

    private int BucketOf(double value)
    {
        for (var i = 0; i < bounds.Length; i++)
        {
            if (value <= bounds[i]) return i;
        }

        return bounds.Length;
    }
}
