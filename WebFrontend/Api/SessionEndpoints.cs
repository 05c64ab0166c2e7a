using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.Grains.Accounts;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>Signing in and out, and what belongs to the account.</summary>
internal sealed class SessionEndpoints(IGrainFactory grains, FrontendOptions options, SignInLimits limits, SignInCache signIns)
{
    private const int LongestUser = 320;
    private const int LongestCode = 128;

    public void Map(IEndpointRouteBuilder open, IEndpointRouteBuilder own)
    {
        open.MapPost("/session", SignIn);
        open.MapPost("/recovery", Recover);
        own.MapDelete("/session", SignOut);
        own.MapGet("/me", (HttpContext http) => Results.Json(AccountOf(SignedIn.Of(http).Account), WebJson.Options));
        own.MapPut("/me/settings", SetSettings);
        own.MapPut("/me/password", ChangePassword);
    }

    private async Task<IResult> SignIn(SignInRequest request, HttpContext http)
    {
        if (request is not { User.Length: > 0 and <= LongestUser, Password: not null, Code: null or { Length: <= LongestCode } })
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "User and password are needed.");
        var address = ClientOrigin.AddressOf(http, options);
        if (limits.MustWait(address, request.User) is { } wait)
        {
            WebMeter.SignIn("limited");
            return Problems.Result(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many wrong passwords.", wait);
        }
        // Counted before it is known, so that many at once are not more than one after the other.
        limits.Wrong(address, request.User);
        var result = await grains.GetGrain<ISignInGrain>(0).SignIn(new SignInAttempt(
            request.User, request.Password, http.Request.Headers.UserAgent.ToString(), request.Code, DeviceCookie.Read(http, options), request.Remember));
        switch (result.Refusal)
        {
            case SignInRefusal.CodeNeeded:
                // Nothing was guessed wrong; codes have a limit of their own.
                limits.NotWrong(address, request.User);
                WebMeter.SignIn("code-needed");
                return Problems.Result(StatusCodes.Status401Unauthorized, "code-needed", "A code of the authenticator app is needed too.");
            case SignInRefusal.WrongCode:
                WebMeter.SignIn("wrong-code");
                return Problems.Result(StatusCodes.Status401Unauthorized, "wrong-code", "The code is wrong, or was used before.");
            case SignInRefusal.TooManyCodes:
                WebMeter.SignIn("too-many-codes");
                return Problems.Result(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many wrong codes.", result.RetryAfter);
            case SignInRefusal.WrongCredentials:
                WebMeter.SignIn("wrong");
                return Problems.Result(StatusCodes.Status401Unauthorized, "wrong-credentials", "User or password is wrong.");
            case SignInRefusal.Overloaded:
                WebMeter.SignIn("overloaded");
                return Problems.Result(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many sign in at once.", TimeSpan.FromSeconds(5));
        }
        WebMeter.SignIn("ok");
        limits.Right(address, request.User);
        await LeaveEarlier(http);
        SignInCookie.Write(http, options, result.UserKey!, result.Token!);
        if (result.Device is { } device)
            DeviceCookie.Write(http, options, device);
        return await signIns.Check(result.UserKey!, result.Token!) is { } account
            ? Results.Json(AccountOf(account), WebJson.Options)
            : Problems.Result(StatusCodes.Status401Unauthorized, "wrong-credentials", "User or password is wrong.");
    }

    private async Task<IResult> Recover(PasswordRecovery request)
    {
        if (request is not { Token.Length: > 0, Password: not null })
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "Token and password are needed.");
        var recovery = await grains.GetGrain<ISignInGrain>(0).Recover(request.Token, request.Password);
        if (recovery.UserKey is { } userKey)
            signIns.Forget(userKey);
        return recovery.Result switch
        {
            RecoveryResult.Changed => Results.NoContent(),
            RecoveryResult.Refused => Problems.Result(StatusCodes.Status400BadRequest, "password-rules", $"A password has {PasswordRules.Shortest} to {PasswordRules.Longest} characters."),
            RecoveryResult.Overloaded => Problems.Result(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many passwords are being checked.", TimeSpan.FromSeconds(5)),
            _ => Problems.Result(StatusCodes.Status403Forbidden, "bad-link", "The link was used already, or is too old."),
        };
    }

    /// <summary>Who was signed in here before is not any more: nothing of theirs is to reach this browser.</summary>
    private async Task LeaveEarlier(HttpContext http)
    {
        if (!SignInCookie.TryRead(http, options, out var userKey, out var token))
            return;
        await grains.GetGrain<IAccountGrain>(userKey).SignOut(token, everywhere: false);
        signIns.Forget(userKey);
    }

    private async Task<IResult> SignOut(HttpContext http, bool everywhere = false)
    {
        var who = SignedIn.Of(http);
        await grains.GetGrain<IAccountGrain>(who.UserKey).SignOut(who.Token, everywhere);
        signIns.Forget(who.UserKey);
        SignInCookie.Clear(http, options);
        return Results.NoContent();
    }

    private async Task<IResult> SetSettings(UserSettings settings, HttpContext http)
    {
        if (settings is null || settings.Language is { } language && !IsLanguageTag(language))
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "The language is no language tag.");
        var who = SignedIn.Of(http);
        await grains.GetGrain<IAccountGrain>(who.UserKey).SetSettings(new AccountSettings(settings.Language, settings.Theme, settings.Notifications));
        signIns.Forget(who.UserKey);
        return Results.Json(settings, WebJson.Options);
    }

    private async Task<IResult> ChangePassword(PasswordChange change, HttpContext http)
    {
        var who = SignedIn.Of(http);
        if (change is not { Current: not null, New: not null } || !PasswordRules.Fits(change.New))
            return Problems.Result(StatusCodes.Status400BadRequest, "password-rules", $"A password has {PasswordRules.Shortest} to {PasswordRules.Longest} characters.");
        var address = ClientOrigin.AddressOf(http, options);
        if (limits.MustWait(address, who.UserKey) is { } wait)
            return Problems.Result(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many wrong passwords.", wait);
        limits.Wrong(address, who.UserKey);
        var result = await grains.GetGrain<ISignInGrain>(0).ChangePassword(who.UserKey, who.Token, change.Current, change.New);
        if (result == PasswordChangeResult.Changed)
            limits.Right(address, who.UserKey);
        signIns.Forget(who.UserKey);
        return result switch
        {
            PasswordChangeResult.Changed => Results.NoContent(),
            PasswordChangeResult.WrongPassword => Problems.Result(StatusCodes.Status403Forbidden, "wrong-credentials", "The current password is wrong."),
            PasswordChangeResult.Refused => Problems.Result(StatusCodes.Status400BadRequest, "password-rules", "The new password does not fit the rules."),
            _ => Problems.Result(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many passwords are being checked.", TimeSpan.FromSeconds(5)),
        };
    }

    public static Account AccountOf(AccountView account)
    {
        var extension = account.UserKey[(account.UserKey.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return new Account($"{extension}@{account.Domain}", extension, account.Name, new TenantInfo(account.TenantName, account.Domain), SettingsOf(account.Settings), account.CallerIds, account.HasWebphone, (int?)account.SignOutAfter?.TotalMinutes);
    }

    public static UserSettings SettingsOf(AccountSettings settings) => new(settings.Language, settings.Theme, settings.Notifications);

    private static bool IsLanguageTag(string text) => text.Length is >= 2 and <= 35 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && char.IsAsciiLetter(text[0]);
}
