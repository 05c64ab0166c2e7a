using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Webphone.WebFrontend.Metrics;

/// <summary>How a family's series take their measurements.</summary>
internal enum MetricKind
{
    /// <summary>Measurements are added up.</summary>
    Sum,

    /// <summary>The last measurement counts.</summary>
    Last,
    Histogram,
}

/// <summary>All series of one instrument. Safe from any thread.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series of one instrument; measurements past it are counted together without tags, so that tags from outside cannot fill the memory.</summary>
    public const int MostSeries = 500;
    private static readonly double[] SecondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly double[] OtherBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
    private readonly ConcurrentDictionary<TagSet, MetricSeries> _series = new(TagSet.Comparer.Instance);
    private readonly ConcurrentDictionary<TagSet, MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly MetricSeries _overflow;
    private readonly MetricKind _kind;
    private readonly double[] _bounds;
    private readonly string _name;
    private readonly string _head;

    public MetricFamily(Instrument instrument)
    {
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        var type = instrument.GetType().GetGenericTypeDefinition();
        _kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(UpDownCounter<>) ? MetricKind.Sum
            : MetricKind.Last;
        var isCounter = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
        _bounds = _kind == MetricKind.Histogram ? instrument.Unit == "s" ? SecondsBuckets : OtherBuckets : [];
        _overflow = new MetricSeries(_kind, _bounds);
        _name = PrometheusNames.Of(instrument, isCounter);
        var help = (instrument.Description ?? instrument.Name).ReplaceLineEndings(" ");
        var shape = isCounter ? "counter" : _kind == MetricKind.Histogram ? "histogram" : "gauge";
        _head = $"# HELP {_name} {help}\n# TYPE {_name} {shape}\n";
    }

    public string Name => _name;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series))
            series = _series.Count < MostSeries ? _series.GetOrAdd(new TagSet(tags.ToArray()), _ => new MetricSeries(_kind, _bounds)) : _overflow;
        series.Record(value);
    }

    public void Write(StringBuilder text)
    {
        text.Append(_head);
        foreach (var (tags, series) in _series) Write(text, tags.Labels, series);
        if (!_overflow.IsEmpty) Write(text, "overflow=\"true\"", _overflow);
    }

    private void Write(StringBuilder text, string labels, MetricSeries series)
    {
        if (_kind != MetricKind.Histogram)
        {
            WriteLine(text, "", labels, series.Value);
            return;
        }

        var (counts, sum) = series.Snapshot();
        long below = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            var bound = i < _bounds.Length ? Number(_bounds[i]) : "+Inf";
            WriteLine(text, "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", below);
        }

        WriteLine(text, "_sum", labels, sum);
        WriteLine(text, "_count", labels, below);
    }

    private void WriteLine(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(_name).Append(suffix);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
