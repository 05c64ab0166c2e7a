using System.Buffers;
using Microsoft.AspNetCore.Http;
using Webphone.Grains.Accounts;

namespace Webphone.WebFrontend.Accounts;

/// <summary>
/// The cookie of a sign-in: the user's key and the secret token, of which only a hash is kept anywhere. It holds nothing that is believed: whoever forges one
/// would have to guess 256 bits.
/// </summary>
internal static class SignInCookie
{
    private const string PlainName = "webphone";

    /// <summary>Browsers take this name only with Secure, for the whole host, from the host itself.</summary>
    private const string SecureName = "__Host-webphone";

    private const int TokenLength = 64;
    private const int LongestKey = 96;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> TenantLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static void Write(HttpContext http, FrontendOptions options, string userKey, string token)
    {
        var secure = ClientOrigin.IsSecure(http, options);
        http.Response.Cookies.Append(secure ? SecureName : PlainName, $"{userKey}.{token}", Options(secure, AccountLimits.SignInDuration));
    }

    public static void Clear(HttpContext http, FrontendOptions options)
    {
        var secure = ClientOrigin.IsSecure(http, options);
        http.Response.Cookies.Delete(secure ? SecureName : PlainName, Options(secure, null));
    }

    public static bool TryRead(HttpContext http, FrontendOptions options, out string userKey, out string token)
    {
        (userKey, token) = ("", "");
        var value = http.Request.Cookies[ClientOrigin.IsSecure(http, options) ? SecureName : PlainName];
        if (value is null)
            return false;
        var dot = value.LastIndexOf('.');
        if (dot is <= 0 or > LongestKey || value.Length - dot - 1 != TokenLength || !value.AsSpan(dot + 1).ContainsOnlyHex() || !IsUserKey(value.AsSpan(0, dot)))
        {
            WebMeter.Refused("malformed-cookie");
            return false;
        }
        (userKey, token) = (value[..dot], value[(dot + 1)..]);
        return true;
    }

    private static CookieOptions Options(bool secure, TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = secure,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);

    /// <summary>tenant/extension, as provisioning writes them.</summary>
    private static bool IsUserKey(ReadOnlySpan<char> key)
    {
        var slash = key.IndexOf('/');
        return slash > 0 && slash < key.Length - 1
            && !key[..slash].ContainsAnyExcept(TenantLetters)
            && !key[(slash + 1)..].ContainsAnyExcept(Digits);
    }
}
