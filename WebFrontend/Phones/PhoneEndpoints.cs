using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api;

namespace Webphone.WebFrontend.Phones;

/// <summary>
/// Configuration files of desk phones, at a path that only the phone knows. Whoever asks for anything else gets the same 404 after the same work, and after a few
/// of them nothing at all for a while. Administrators on this machine see the paths and change them.
/// </summary>
internal sealed partial class PhoneEndpoints(IGrainFactory grains, FrontendOptions options, PhoneGuesses guesses, TimeProvider time, ILogger<PhoneEndpoints> logger)
{
    private const int MacLength = 12;
    private const int LongestToken = 64;
    private const int LongestName = 80;

    public void Map(IEndpointRouteBuilder routes, WebNode node)
    {
        routes.MapMethods("/provision/{path}/{file}", ["GET", "HEAD"], Serve);
        var local = routes.MapGroup("/provision").AddEndpointFilter(new LocalReaders(node)).AddEndpointFilter<OwnPagesOnly>();
        local.MapGet("/phones.json", async () => Results.Json(await List(node)));
        local.MapPost("/phones/{mac}/rotate", Rotate);
    }

    private async Task<IResult> Serve(HttpContext http, string path, string file)
    {
        var address = ClientOrigin.AddressOf(http, options);
        http.Response.Headers.CacheControl = "no-store";
        if (guesses.AreTooMany(address))
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        if (await Find(path) is not { } configuration)
        {
            guesses.Wrong(address);
            LogRefused(address);
            return Results.NotFound();
        }
        var setup = new PhoneSetup(configuration, http.Request.Host.Host, PhoneClock.Of(configuration.Settings.TimeZone, time.GetUtcNow().Year));
        if (file.Length > LongestName || PhoneFiles.Find(file, http.Request.Headers.UserAgent.ToString(), setup) is not { } found)
            return Results.NotFound();
        LogServed(configuration.Mac, file);
        return Results.Bytes(found.Content, found.ContentType);
    }

    private async Task<PhoneConfiguration?> Find(string path)
    {
        var isPlausible = path.Length > MacLength + 1 && path.Length <= MacLength + 1 + LongestToken && path[MacLength] == '-'
            && IsMac(path[..MacLength]);
        return isPlausible ? await grains.GetGrain<IPhoneGrain>(path[..MacLength]).Configure(path[(MacLength + 1)..]) : null;
    }

    private static bool IsMac(string text) => text.Length == MacLength && text.All(char.IsAsciiHexDigitLower);

    private async Task<List<PhoneView>> List(WebNode node)
    {
        var phones = new List<PhoneView>();
        foreach (var tenant in node.Tenants())
        {
            for (var skip = 0; await grains.GetGrain<ITenantGrain>(tenant).GetPhones(skip) is { IsEmpty: false } some; skip += some.Length)
                phones.AddRange(some);
        }

        return phones;
    }

    private async Task<IResult> Rotate(string mac)
    {
        var plain = mac.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (!IsMac(plain))
            return Results.NotFound();
        return await grains.GetGrain<IPhoneGrain>(plain).Rotate() is { } token ? Results.Json(new { mac = plain, path = $"{plain}-{token}/" }) : Results.NotFound();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Phone {Mac} took its {File}")]
    private partial void LogServed(string mac, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} asked for a configuration that is not its own")]
    private partial void LogRefused(System.Net.IPAddress address);
}
