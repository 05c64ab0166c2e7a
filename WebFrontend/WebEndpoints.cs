using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api;
using Webphone.WebFrontend.App;
using Webphone.WebFrontend.Health;
using Webphone.WebFrontend.Hub;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Hub.Liveness;
using Webphone.WebFrontend.Metrics;
using Webphone.WebFrontend.Phones;
using Webphone.WebFrontend.Status;

namespace Webphone.WebFrontend;

/// <summary>Everything that is served over HTTP.</summary>
public static class WebEndpoints
{
    /// <summary>The subprotocol of RFC 7118.</summary>
    private const string SipSubprotocol = "sip";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static void Map(WebApplication app, WebNode node, NodeHealth health, MetricsExporter metrics, IGrainFactory grains, TimeProvider time)
    {
        var options = app.Services.GetRequiredService<FrontendOptions>();
        app.Use((context, next) => SafetyHeaders.Add(context, next, options));
        app.Use((context, next) => RefuseUnlessReady(context, next, health));
        app.UseWhen(IsHub, hub => hub.Use((context, next) => LivenessUpgrade.Apply(context, next, options.Heartbeat, time)));
        app.UseWebSockets(new Microsoft.AspNetCore.Builder.WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(RefuseForeignPages);
        HealthEndpoint.Map(app, health);
        app.Map("/sip", context => ServeSip(context, node));
        app.MapHub<PhoneHub>(HubPaths.Phone, hub =>
        {
            hub.Transports = HttpTransportType.WebSockets;
            hub.ApplicationMaxBufferSize = 2 * HubLimits.MessageBytes;
            hub.TransportMaxBufferSize = 2 * HubLimits.MessageBytes;
            hub.CloseOnAuthenticationExpiration = false;
        }).RequireAuthorization();
        ApiEndpoints.Map(app);
        app.Services.GetRequiredService<PhoneEndpoints>().Map(app, node);
        MapStatus(app, node, metrics, grains, time);
        AppEndpoint.Map(app, options);
    }

    private static void MapStatus(WebApplication app, WebNode node, MetricsExporter metrics, IGrainFactory grains, TimeProvider time)
    {
        var status = new StatusReader(node, grains, time);
        var local = app.MapGroup("").AddEndpointFilter(new LocalReaders(node));
        local.MapGet("/metrics", () => Results.Text(metrics.Write(), MetricsExporter.ContentType));
        local.MapGet("/status.json", async () => Results.Json(await status.Read(), Json));
        MapPage(local, "/status", "index.html", "text/html; charset=utf-8");
        MapPage(local, "/status/page.css", "page.css", "text/css; charset=utf-8");
        MapPage(local, "/status/page.js", "page.js", "text/javascript; charset=utf-8");
    }

    private static bool IsHub(HttpContext context) => context.Request.Path.StartsWithSegments(HubPaths.Phone);

    /// <summary>A page of somebody else's must not open the hub with our user's cookie.</summary>
    private static Task RefuseForeignPages(HttpContext context, RequestDelegate next) =>
        !IsHub(context) || ClientOrigin.IsOwnPage(context)
            ? next(context)
            : Problems.Write(context, StatusCodes.Status403Forbidden, "foreign-page", "Only our own page may open the hub.");

    private static Task RefuseUnlessReady(HttpContext context, RequestDelegate next, NodeHealth health)
    {
        if (health.Phase == NodePhase.Ready || context.Request.Path == "/healthz") return next(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync($"{health.Phase}\n");
    }

    private static async Task ServeSip(HttpContext context, WebNode node)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(SipSubprotocol))
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await context.Response.WriteAsync("SIP over WebSocket (RFC 7118): connect with the subprotocol \"sip\".\n");
            return;
        }

        var connection = context.Connection;
        if (connection.RemoteIpAddress is null || connection.LocalIpAddress is null) return;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(SipSubprotocol);
        await node.ServeSip(
            socket, new IPEndPoint(connection.LocalIpAddress, connection.LocalPort), new IPEndPoint(connection.RemoteIpAddress, connection.RemotePort), context.RequestAborted);
    }

    private static void MapPage(IEndpointRouteBuilder routes, string path, string file, string contentType)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} is not embedded");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        routes.MapGet(path, () => Results.Bytes(content, contentType));
    }
}
