using System.Globalization;
using Microsoft.AspNetCore.Http;
using Webphone.WebFrontend.Api.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>Refusals as the API gives them (RFC 9457).</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    public static IResult Result(int status, string code, string title, TimeSpan? retryAfter = null)
    {
        WebMeter.Refused(code);
        var problem = new Problem(status, code, title, SecondsOf(retryAfter));
        return new Refusal(problem);
    }

    public static Task Write(HttpContext http, int status, string code, string title) => Result(status, code, title).ExecuteAsync(http);

    private static int? SecondsOf(TimeSpan? wait) => wait is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null;

    private sealed class Refusal(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = problem.Status;
            if (problem.RetryAfter is { } seconds)
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return http.Response.WriteAsJsonAsync(problem, WebJson.Options, ContentType);
        }
    }
}
