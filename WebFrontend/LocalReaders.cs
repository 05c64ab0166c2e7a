using System.Net;
using Microsoft.AspNetCore.Http;

namespace Webphone.WebFrontend;

/// <summary>
/// Status and metrics show every tenant, so they are for this machine and trusted networks. A request that came through a proxy has
/// the proxy's address, so it counts as foreign; and one for a foreign host name may come from a page elsewhere whose name was
/// pointed here, so only addresses and localhost are taken.
/// </summary>
internal sealed class LocalReaders(WebNode node) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return MayRead(http)
            ? await next(context)
            : Results.Text("Only this machine and --trusted-networks may read this.\n", statusCode: StatusCodes.Status403Forbidden);
    }

    private bool MayRead(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } remote) return false;
        if (http.Request.Headers.ContainsKey("X-Forwarded-For") || http.Request.Headers.ContainsKey("Forwarded")) return false;
        var host = http.Request.Host.Host;
        if (host != "localhost" && !IPAddress.TryParse(host, out _)) return false;
        return IPAddress.IsLoopback(remote) || node.IsTrusted(remote);
    }
}
