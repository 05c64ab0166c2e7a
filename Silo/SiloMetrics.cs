using System.Diagnostics.Metrics;

namespace Webphone.Silo;

/// <summary>The meter of this project.</summary>
internal sealed class SiloMetrics : IDisposable
{
    public const string MeterName = "Webphone.Silo";

    public Meter Meter { get; } = new(MeterName);

    public void Dispose() => Meter.Dispose();
}
