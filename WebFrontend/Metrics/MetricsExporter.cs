using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Webphone.WebFrontend.Metrics;

/// <summary>Listens to our meters and the runtime's, and writes what they measured as Prometheus text (exposition format 0.0.4).</summary>
public sealed class MetricsExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private static readonly string[] Meters = ["Webphone.", "System.Runtime"];
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _observing = new();

    public MetricsExporter()
    {
        _listener.InstrumentPublished = Published;
        _listener.MeasurementsCompleted = (instrument, _) => _families.TryRemove(instrument, out MetricFamily? _);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    public string Write()
    {
        // Observable instruments of two meters with one name must not be asked by two scrapes at once.
        lock (_observing) _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in _families.Values.DistinctBy(family => family.Name).OrderBy(family => family.Name, StringComparer.Ordinal)) family.Write(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Published(Instrument instrument, MeterListener listener)
    {
        if (Meters.Any(meter => instrument.Meter.Name.StartsWith(meter, StringComparison.Ordinal)))
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, static known => new MetricFamily(known)));
    }

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((MetricFamily)family!).Record(value, tags);
}
