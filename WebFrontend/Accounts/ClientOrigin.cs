using System.Net;
using Microsoft.AspNetCore.Http;

namespace Webphone.WebFrontend.Accounts;

/// <summary>Where a request comes from, and whether the page that sent it is ours.</summary>
internal static class ClientOrigin
{
    /// <summary>The client's address: what a trusted proxy says, else where the connection comes from.</summary>
    public static IPAddress AddressOf(HttpContext http, FrontendOptions options)
    {
        var remote = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!options.IsTrustedProxy(remote))
            return Plain(remote);
        // The last one is what our own proxy saw; those before it are what the client says.
        var forwarded = http.Request.Headers["X-Forwarded-For"].LastOrDefault()?.Split(',')[^1].Trim();
        return IPAddress.TryParse(forwarded, out var client) ? Plain(client) : Plain(remote);
    }

    public static bool IsSecure(HttpContext http, FrontendOptions options) =>
        http.Request.IsHttps
        || http.Connection.RemoteIpAddress is { } remote && options.IsTrustedProxy(remote) && http.Request.Headers["X-Forwarded-Proto"] == "https";

    /// <summary>Browsers say where a request comes from that could do harm (Origin, Sec-Fetch-Site); a page of somebody else's is refused. Programs say nothing.</summary>
    public static bool IsOwnPage(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
            return false;
        if (headers.Origin is not [{ Length: > 0 } origin])
            return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(AuthorityOf(http.Request), StringComparison.OrdinalIgnoreCase);
    }

    private static string AuthorityOf(HttpRequest request) =>
        request.Host.Port is 80 or 443 ? request.Host.Host : request.Host.Value ?? "";

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
