using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Webphone.WebFrontend.Health;

/// <summary><c>/healthz</c>: 200 when the process serves and every check is well, else 503; the body says what is not.</summary>
internal static class HealthEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, NodeHealth health) => routes.MapGet("/healthz", () =>
    {
        var checks = health.Checks.ToDictionary(check => check.Name, check => check.FindFault() ?? "ok");
        var isWell = health.Phase == NodePhase.Ready && checks.Values.All(result => result == "ok");
        var body = new { status = isWell ? "ok" : "unavailable", phase = health.Phase.ToString().ToLowerInvariant(), checks };
        return Results.Json(body, statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    });
}
