using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>What a user reads: the directory of their own tenant, their own history.</summary>
internal sealed class ListEndpoints(IGrainFactory grains)
{
    private const int DefaultCount = 50;
    private const int MostCount = 200;
    private const int GrainPage = 500;
    private const int LongestSearch = 100;

    public void Map(IEndpointRouteBuilder own)
    {
        own.MapGet("/directory", ReadDirectory);
        own.MapGet("/history", ReadHistory);
    }

    private async Task<IResult> ReadDirectory(HttpContext http, string? search, int? count)
    {
        var most = Math.Clamp(count ?? DefaultCount, 1, MostCount);
        var wanted = search?.Trim() ?? "";
        if (wanted.Length > LongestSearch)
            return Problems.Result(StatusCodes.Status400BadRequest, "bad-request", "The search is too long.");
        var tenant = grains.GetGrain<ITenantGrain>(SignedIn.Of(http).Account.TenantName);
        var found = new List<DirectoryPerson>();
        for (var skip = 0; found.Count <= most; skip += GrainPage)
        {
            var page = await tenant.GetDirectory(skip, GrainPage);
            found.AddRange(page.Where(entry => Matches(entry, wanted)).Select(entry => new DirectoryPerson(entry.Extension, entry.Name)));
            if (page.Length < GrainPage)
                break;
        }
        return Results.Json(new DirectoryPage([.. found.Take(most)], found.Count > most), WebJson.Options);
    }

    private async Task<IResult> ReadHistory(HttpContext http, DateTimeOffset? before, int? count)
    {
        var most = Math.Clamp(count ?? DefaultCount, 1, MostCount);
        var entries = await grains.GetGrain<IUserGrain>(SignedIn.Of(http).UserKey).GetHistory(before?.ToUniversalTime(), most + 1);
        var who = SignedIn.Of(http);
        var recordings = (await grains.GetGrain<IRecordingsGrain>(who.Account.TenantName).OfCalls(who.Extension, [.. entries.Take(most).Select(entry => entry.CallKey)]))
            .ToLookup(recording => recording.CallKey, RecordingEndpoints.ToItem);
        return Results.Json(new HistoryPage([.. entries.Take(most).Select(entry => ToItem(entry, recordings[entry.CallKey]))], entries.Length > most), WebJson.Options);
    }

    private static bool Matches(DirectoryEntry entry, string wanted) =>
        wanted.Length == 0 || entry.Extension.StartsWith(wanted, StringComparison.Ordinal) || entry.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private static HistoryItem ToItem(HistoryEntry entry, IEnumerable<RecordingItem> recordings) => new(
        entry.CallKey,
        entry.Direction,
        new Peer(entry.Peer.Number, entry.Peer.Name, null),
        entry.Line,
        entry.StartedAt,
        entry.AnsweredAt,
        entry.EndedAt,
        Math.Round(entry.Duration.TotalSeconds, 3),
        entry.End,
        Missed: entry is { Direction: CallDirection.Inbound, AnsweredAt: null, EndedAt: not null },
        [.. recordings]);
}
