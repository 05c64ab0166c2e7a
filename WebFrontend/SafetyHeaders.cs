using Microsoft.AspNetCore.Http;
using Webphone.WebFrontend.Accounts;

namespace Webphone.WebFrontend;

/// <summary>What every response tells browsers to refuse: foreign scripts, inline code, frames around us, guessing of types.</summary>
internal static class SafetyHeaders
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob: data:; "
        + "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static Task Add(HttpContext context, RequestDelegate next, FrontendOptions options)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "microphone=(self), speaker-selection=(self), hid=(self), camera=(), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (ClientOrigin.IsSecure(context, options))
            headers.StrictTransportSecurity = "max-age=31536000";
        return next(context);
    }
}
