using Microsoft.AspNetCore.Http;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>
/// A request that changes something must come from a page of ours or from a program: it has a header that no other page can send, and no other page's origin.
/// The cookie's SameSite=Strict says the same once more.
/// </summary>
internal sealed class OwnPagesOnly : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || http.Request.Headers.ContainsKey(HubPaths.RequestHeader) && ClientOrigin.IsOwnPage(http))
            return next(context);
        return new(Problems.Result(StatusCodes.Status403Forbidden, "foreign-page", $"Send the header {HubPaths.RequestHeader}, from our own page."));
    }
}
