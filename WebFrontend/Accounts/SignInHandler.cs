using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webphone.Grains.Accounts;

namespace Webphone.WebFrontend.Accounts;

/// <summary>Tells who a request is from by its sign-in cookie.</summary>
internal sealed class SignInHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> monitor, ILoggerFactory loggers, UrlEncoder encoder, FrontendOptions options, SignInCache signIns)
    : AuthenticationHandler<AuthenticationSchemeOptions>(monitor, loggers, encoder)
{
    public const string SchemeName = "webphone";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!SignInCookie.TryRead(Context, options, out var userKey, out var token))
            return AuthenticateResult.NoResult();
        if (await signIns.Check(userKey, token) is not { } account)
        {
            WebMeter.Refused("unknown-cookie");
            return AuthenticateResult.Fail("The sign-in does not hold.");
        }
        Context.Items[typeof(SignedIn)] = new SignedIn(account, token);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userKey)], SchemeName)), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Api.Problems.Write(Context, StatusCodes.Status401Unauthorized, "not-signed-in", "Sign in first.");

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Api.Problems.Write(Context, StatusCodes.Status403Forbidden, "forbidden", "This is not yours.");
}

/// <summary>Who a request is from.</summary>
internal sealed record SignedIn(AccountView Account, string Token)
{
    public string UserKey => Account.UserKey;

    public string Extension => UserKey[(UserKey.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public static SignedIn Of(HttpContext http) =>
        (SignedIn?)http.Items[typeof(SignedIn)] ?? throw new InvalidOperationException("The endpoint does not ask for a sign-in.");
}
