using System.Diagnostics.Metrics;

namespace Webphone.WebFrontend.Metrics;

/// <summary>Names as Prometheus wants them: letters, digits and underscores, the unit at the end, counters ending in _total.</summary>
internal static class PrometheusNames
{
    public static string Clean(string name) => string.Create(name.Length, name, static (clean, from) =>
    {
        for (var i = 0; i < clean.Length; i++) clean[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] == '_' ? from[i] : '_';
    });

    public static string Of(Instrument instrument, bool isCounter)
    {
        var name = Clean(instrument.Name);
        var unit = instrument.Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" };
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }
}
