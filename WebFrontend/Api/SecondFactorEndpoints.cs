using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.Grains.Accounts;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>Setting up the codes that a user is asked for beside the password. Whatever makes signing in easier or harder asks for the password again.</summary>
internal sealed class SecondFactorEndpoints(IGrainFactory grains, FrontendOptions options, SignInLimits limits)
{
    private const string Path = "/me/second-factor";
    private const string Issuer = "Webphone";
    private const int LongestCode = 128;

    public void Map(IEndpointRouteBuilder own)
    {
        own.MapGet(Path, (Delegate)GetStatus);
        own.MapPost(Path, Begin);
        own.MapPut(Path, Enable);
        own.MapPost(Path + "/recovery-codes", RenewCodes);
        own.MapPost(Path + "/removal", Remove);
    }

    private async Task<IResult> GetStatus(HttpContext http)
    {
        var view = await Factor(http).GetView();
        return Results.Json(new SecondFactorStatus(view.IsEnabled, view.RecoveryCodes), WebJson.Options);
    }

    private Task<IResult> Begin(PasswordProof proof, HttpContext http) => Proven(proof, http, async () =>
    {
        var secret = await Factor(http).Begin();
        var account = SignedIn.Of(http).Account;
        var label = Uri.EscapeDataString($"{Issuer}:{SessionEndpoints.AccountOf(account).User}");
        return Results.Json(new SecondFactorSecret(secret, $"otpauth://totp/{label}?secret={secret}&issuer={Issuer}"), WebJson.Options);
    });

    private async Task<IResult> Enable(SecondFactorCode code, HttpContext http)
    {
        if (code is not { Code.Length: > 0 and <= LongestCode })
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "The code is missing.");
        var (address, user) = (ClientOrigin.AddressOf(http, options), SignedIn.Of(http).UserKey);
        if (limits.MustWait(address, user) is { } wait)
            return Problems.Result(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many wrong codes.", wait);
        limits.Wrong(address, user);
        if (await Factor(http).Enable(code.Code) is not { } codes)
            return Problems.Result(StatusCodes.Status403Forbidden, "wrong-code", "The code is not of this secret, or the secret is too old.");
        limits.Right(address, user);
        return Results.Json(new RecoveryCodes(codes), WebJson.Options);
    }

    private Task<IResult> RenewCodes(PasswordProof proof, HttpContext http) => Proven(proof, http, async () =>
        await Factor(http).RenewRecoveryCodes() is { } codes
            ? Results.Json(new RecoveryCodes(codes), WebJson.Options)
            : Problems.Result(StatusCodes.Status409Conflict, "not-enabled", "The user is not asked for codes."));

    private Task<IResult> Remove(PasswordProof proof, HttpContext http) => Proven(proof, http, async () =>
    {
        await Factor(http).Disable();
        return Results.NoContent();
    });

    private async Task<IResult> Proven(PasswordProof proof, HttpContext http, Func<Task<IResult>> then)
    {
        if (proof is not { Password: not null })
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "The password is needed.");
        var (address, user) = (ClientOrigin.AddressOf(http, options), SignedIn.Of(http).UserKey);
        if (limits.MustWait(address, user) is { } wait)
            return Problems.Result(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many wrong passwords.", wait);
        limits.Wrong(address, user);
        switch (await grains.GetGrain<ISignInGrain>(0).Proves(user, proof.Password))
        {
            case null:
                return Problems.Result(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many passwords are being checked.", TimeSpan.FromSeconds(5));
            case false:
                return Problems.Result(StatusCodes.Status403Forbidden, "wrong-credentials", "The password is wrong.");
        }
        limits.Right(address, user);
        return await then();
    }

    private ISecondFactorGrain Factor(HttpContext http) => grains.GetGrain<ISecondFactorGrain>(SignedIn.Of(http).UserKey);
}
