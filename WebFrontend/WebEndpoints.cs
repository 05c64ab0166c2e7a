using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.WebFrontend.Health;
using Webphone.WebFrontend.Metrics;
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
        app.Use(AddSafetyHeaders);
        app.Use((context, next) => RefuseUnlessReady(context, next, health));
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.UseRouting();
        HealthEndpoint.Map(app, health);
        app.Map("/sip", context => ServeSip(context, node));
        var status = new StatusReader(node, grains, time);
        var local = app.MapGroup("").AddEndpointFilter(new LocalReaders(node));
        local.MapGet("/metrics", () => Results.Text(metrics.Write(), MetricsExporter.ContentType));
        local.MapGet("/status.json", async () => Results.Json(await status.Read(), Json));
        MapPage(local, "/", "index.html", "text/html; charset=utf-8");
        MapPage(local, "/page.css", "page.css", "text/css; charset=utf-8");
        MapPage(local, "/page.js", "page.js", "text/javascript; charset=utf-8");
    }

    private static Task AddSafetyHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        return next(context);
    }

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
