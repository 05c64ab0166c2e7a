using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Installation;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>Which browsers are woken for a call while they are closed (Web Push).</summary>
internal sealed class PushEndpoints(IGrainFactory grains, FrontendOptions options)
{
    private const int LongestEndpoint = 1024;
    private const int KeyBytes = 65;
    private const int AuthBytes = 16;

    private string? _publicKey;

    public void Map(IEndpointRouteBuilder own)
    {
        own.MapGet("/push/key", async () => Results.Json(new PushKey(options.IsPushEndpoint is null ? null : await PublicKey()), WebJson.Options));
        own.MapPost("/push/subscription", Subscribe);
        own.MapDelete("/push/subscription", Unsubscribe);
    }

    private async Task<IResult> Subscribe(PushSubscriptionRequest request, HttpContext http)
    {
        if (request is not { Endpoint.Length: > 0 and <= LongestEndpoint } || !Decodes(request.P256dh, KeyBytes) || !Decodes(request.Auth, AuthBytes)
            || request.Session is { } session && !SessionKey.IsId(session))
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "This is no push subscription.");
        if (options.IsPushEndpoint?.Invoke(request.Endpoint) is not true)
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-endpoint", "Nothing is pushed to this endpoint.");
        var who = SignedIn.Of(http);
        if (!who.Account.HasWebphone)
            return Problems.Result(StatusCodes.Status403Forbidden, "no-webphone", "Calling from the browser is not activated for this user.");
        await grains.GetGrain<IAccountGrain>(who.UserKey)
            .AddPushTarget(new PushTarget(request.Endpoint, request.P256dh, request.Auth, who.Account.SignIn, request.Session));
        return Results.NoContent();
    }

    private async Task<IResult> Unsubscribe(string endpoint, HttpContext http)
    {
        if (endpoint is not { Length: > 0 and <= LongestEndpoint })
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "The endpoint is missing.");
        await grains.GetGrain<IAccountGrain>(SignedIn.Of(http).UserKey).RemovePushTarget(endpoint);
        return Results.NoContent();
    }

    private async Task<string> PublicKey()
    {
        if (Volatile.Read(ref _publicKey) is { } known)
            return known;
        var secrets = await grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSecrets();
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(secrets.PushKey.AsSpan(), out _);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var made = Base64Url.EncodeToString((byte[])[4, .. point.X!, .. point.Y!]);
        Volatile.Write(ref _publicKey, made);
        return made;
    }

    private static bool Decodes(string? text, int length) => text is not null && Base64Url.IsValid(text.AsSpan().TrimEnd('='), out var decoded) && decoded == length;
}
