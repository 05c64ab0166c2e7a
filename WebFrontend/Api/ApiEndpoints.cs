using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Webphone.WebFrontend.Api;

/// <summary>The REST API under /api; <c>openapi.json</c> describes it.</summary>
internal static class ApiEndpoints
{
    private const string Prefix = "/api";
    private const string Document = "openapi.json";

    public static void Map(WebApplication app)
    {
        var open = app.MapGroup(Prefix).AddEndpointFilter(new OwnPagesOnly());
        var own = app.MapGroup(Prefix).AddEndpointFilter(new OwnPagesOnly()).RequireAuthorization();
        open.MapGet("/" + Document, () => Results.Bytes(ReadDocument(), "application/json"));
        app.Services.GetRequiredService<SessionEndpoints>().Map(open, own);
        app.Services.GetRequiredService<ListEndpoints>().Map(own);
        app.Services.GetRequiredService<CallSettingsEndpoints>().Map(own);
        app.Services.GetRequiredService<RecordingEndpoints>().Map(own);
        app.Services.GetRequiredService<PushEndpoints>().Map(own);
        app.Services.GetRequiredService<SecondFactorEndpoints>().Map(own);
    }

    internal static byte[] ReadDocument()
    {
        using var stream = typeof(ApiEndpoints).Assembly.GetManifestResourceStream(Document) ?? throw new InvalidOperationException($"{Document} is not embedded.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
