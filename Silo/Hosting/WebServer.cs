using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Serilog.Core;
using Serilog.Extensions.Logging;
using Webphone.Silo.Settings;
using Webphone.WebFrontend;
using Webphone.WebFrontend.Health;
using Webphone.WebFrontend.Metrics;

namespace Webphone.Silo.Hosting;

/// <summary>The host with its web server. Nothing is taken from the surroundings but our own settings.</summary>
internal static class WebServer
{
    private const int MostConnections = 10_000;
    private const int MostBodyBytes = 64 * 1024;
    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTime = TimeSpan.FromSeconds(60);

    public static WebApplication Build(WebphoneOptions options, Logger log, Action<WebApplicationBuilder> compose)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Webphone", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddProvider(new SerilogLoggerProvider(log)).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<NodeHealth>();
        builder.Services.AddSingleton<MetricsExporter>();
        builder.Services.AddFrontend(FrontendSettings.Of(options));
        compose(builder);
        return builder.Build();
    }

    public static void MapEndpoints(WebApplication app, WebNode node)
    {
        var services = app.Services;
        WebEndpoints.Map(
            app,
            node,
            services.GetRequiredService<NodeHealth>(),
            services.GetRequiredService<MetricsExporter>(),
            services.GetRequiredService<IGrainFactory>(),
            services.GetRequiredService<TimeProvider>());
    }

    private static void Configure(KestrelServerOptions kestrel, WebphoneOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = HeaderTime;
        kestrel.Limits.KeepAliveTimeout = KeepAliveTime;
        foreach (var address in options.Bind) kestrel.Listen(new IPEndPoint(address, options.WebPort), listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Signals are the program's own business, since it ends calls before the host.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
