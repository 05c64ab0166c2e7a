using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Hosting;

/// <summary>The log as a person reads it on a console: time, level, the call and leg that it is about, the message.</summary>
internal static class ConsoleLog
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {About:l}{Message:lj}{NewLine}{Exception}";

    public static Logger Create(WebphoneOptions options)
    {
        var level = ToSerilog(options.LogLevel);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", level > LogEventLevel.Warning ? level : LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", level > LogEventLevel.Warning ? level : LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Enrich.With<AboutEnricher>()
            .WriteTo.Console(outputTemplate: Template);
        if (options.TraceSip) configuration.MinimumLevel.Override("Webphone.Net.Sip.WireTrace", LogEventLevel.Verbose);
        return configuration.CreateLogger();
    }

    private static LogEventLevel ToSerilog(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    /// <summary>Puts the call and the leg of the scope in front of the message.</summary>
    private sealed class AboutEnricher : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            var call = Text(logEvent, "CallKey") ?? Text(logEvent, "Call");
            var leg = Text(logEvent, "Leg");
            if (call is null && leg is null) return;
            logEvent.AddOrUpdateProperty(propertyFactory.CreateProperty("About", $"[{call}{(leg is null ? "" : $" {leg}")}] "));
        }

        private static string? Text(LogEvent logEvent, string name) =>
            logEvent.Properties.TryGetValue(name, out var value) ? value is ScalarValue { Value: { } inner } ? inner.ToString() : value.ToString() : null;
    }
}
