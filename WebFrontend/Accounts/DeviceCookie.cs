using Microsoft.AspNetCore.Http;
using Webphone.Grains.Accounts;

namespace Webphone.WebFrontend.Accounts;

/// <summary>The cookie of a browser that is not asked for codes. It is worth nothing without the password.</summary>
internal static class DeviceCookie
{
    private const string PlainName = "webphone-device";
    private const string SecureName = "__Host-webphone-device";
    private const int TokenLength = 64;

    public static void Write(HttpContext http, FrontendOptions options, string token)
    {
        var secure = ClientOrigin.IsSecure(http, options);
        http.Response.Cookies.Append(secure ? SecureName : PlainName, token, new CookieOptions
        {
            HttpOnly = true,
            Secure = secure,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = SecondFactorLimits.DeviceDuration,
            IsEssential = true,
        });
    }

    public static string? Read(HttpContext http, FrontendOptions options) =>
        http.Request.Cookies[ClientOrigin.IsSecure(http, options) ? SecureName : PlainName] is { Length: TokenLength } token ? token : null;
}
