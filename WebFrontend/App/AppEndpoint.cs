using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Webphone.WebFrontend.App;

/// <summary>Serves the browser app: its files, and its page for every address that the app itself makes sense of.</summary>
internal static class AppEndpoint
{
    private const string NoApp = """
        The browser app is not built. It needs Node.js 20 or newer:

            cd WebFrontend/ClientApp && npm ci && npm run build

        ./run does that by itself when npm is there. The status page is at /status.

        """;

    public static void Map(IEndpointRouteBuilder routes, FrontendOptions options)
    {
        var files = AppFiles.Load(options.AppFolder);
        routes.MapFallback("{*path}", http => Serve(http, files)).WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]));
    }

    private static Task Serve(HttpContext http, AppFiles? files)
    {
        var path = http.Request.Path.Value ?? "/";
        if (files is null && path == "/")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.ContentType = "text/plain; charset=utf-8";
            return http.Response.WriteAsync(NoApp);
        }
        if (files is not null && files.Has(path))
            return files.Serve(http, path);
        // An address of the app has no dot in its last part; a file that is not there is not the page.
        if (files is not null && !path.AsSpan(path.LastIndexOf('/') + 1).Contains('.') && !path.StartsWith("/api/", StringComparison.Ordinal))
            return files.Serve(http, AppFiles.IndexPath);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
