using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>How the user wants calls to be treated: hold recall, and devices that answer by themselves.</summary>
internal sealed class CallSettingsEndpoints(IGrainFactory grains)
{
    public void Map(IEndpointRouteBuilder own)
    {
        own.MapGet("/me/calls", (Func<HttpContext, Task<IResult>>)Get);
        own.MapPut("/me/calls", Set);
    }

    private async Task<IResult> Get(HttpContext http) => Results.Json(ToContract(await UserOf(http).GetCallSettings()), WebJson.Options);

    private async Task<IResult> Set(MyCallSettings settings, HttpContext http)
    {
        if (settings is not { AutoAnswer.IsDefault: false } || !await UserOf(http).SetCallSettings(FromContract(settings)))
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "Hold recall is 0 or 10 to 3600 seconds; a device rings 0 to 30 seconds before it answers.");
        return Results.Json(settings, WebJson.Options);
    }

    private IUserGrain UserOf(HttpContext http) => grains.GetGrain<IUserGrain>(SignedIn.Of(http).UserKey);

    private static MyCallSettings ToContract(CallSettings settings) => new(
        (int)settings.HoldRecall.TotalSeconds, [.. settings.AutoAnswer.Select(device => new AutoAnswerDevice(device.Device, (int)device.After.TotalSeconds))]);

    private static CallSettings FromContract(MyCallSettings settings) => new(
        TimeSpan.FromSeconds(settings.HoldRecallSeconds),
        [.. settings.AutoAnswer.Where(device => device is not null).Select(device => new AutoAnswer(device.Device ?? "", TimeSpan.FromSeconds(device.RingSeconds)))]);
}
