using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Orleans;
using Webphone.Grains.Browsers;
using Webphone.Grains.Recordings;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api;

/// <summary>Recordings of calls: one's own, or everybody's of the organisation with the right to them. What somebody may not see is not there for them.</summary>
internal sealed class RecordingEndpoints(IGrainFactory grains, FrontendOptions options)
{
    private const int DefaultCount = 50;
    private const int MostCount = 200;
    private const int DefaultPoints = 600;

    public void Map(IEndpointRouteBuilder own)
    {
        own.MapGet("/recordings", List);
        own.MapGet("/recordings/access", ListAccess);
        own.MapGet("/recordings/{id}", Play);
        own.MapGet("/recordings/{id}/wave", ReadWave);
        own.MapDelete("/recordings/{id}", Delete);
    }

    public static RecordingItem ToItem(RecordingView recording) => new(
        recording.Id,
        recording.Extension,
        recording.CallKey,
        recording.Direction,
        new Peer(recording.Peer.Number, recording.Peer.Name, null),
        recording.Kind,
        recording.StartedAt,
        recording.EndedAt,
        Seconds(recording.Duration),
        recording.Size,
        recording.Sha256,
        Seconds(recording.Missing),
        recording.Interrupted);

    private async Task<IResult> List(HttpContext http, string? extension, bool? all, DateTimeOffset? before, int? count)
    {
        var who = SignedIn.Of(http);
        var most = Math.Clamp(count ?? DefaultCount, 1, MostCount);
        var owner = all is true ? null : extension ?? who.Extension;
        var found = await Of(http).List(who.Extension, owner, before?.ToUniversalTime(), most + 1);
        return Results.Json(new RecordingPage([.. found.Take(most).Select(ToItem)], found.Length > most), WebJson.Options);
    }

    private async Task<IResult> Play(string id, HttpContext http, bool? download)
    {
        if (!SessionKey.IsId(id))
            return NotFound();
        var by = SignedIn.Of(http).Extension;
        var use = download is true ? RecordingUse.Download : RecordingUse.Listen;
        var opened = await Of(http).Open(by, id, use, ClientOrigin.AddressOf(http, options).ToString());
        if (opened.Recording is not { } recording)
            return Refusal(opened.Outcome);
        http.Response.Headers.CacheControl = "private, no-store";
        var (type, suffix) = recording.Kind == RecordingFileKind.Opus ? ("audio/ogg", "ogg") : ("audio/wav", "wav");
        return Results.Stream(
            new RecordingStream(Of(http), by, id, recording.Size),
            type,
            download is true ? NameOf(recording, suffix) : null,
            recording.EndedAt,
            new EntityTagHeaderValue($"\"{recording.Sha256}\""),
            enableRangeProcessing: true);
    }

    private async Task<IResult> ReadWave(string id, HttpContext http, int? points)
    {
        var by = SignedIn.Of(http).Extension;
        if (!SessionKey.IsId(id) || await Of(http).Find(by, id) is not { } recording)
            return NotFound();
        if (await Of(http).ReadPeaks(by, id, Math.Clamp(points ?? DefaultPoints, 1, RecordingLimits.MaxPeaks)) is not { } peaks)
            return Refusal(RecordingOutcome.Unavailable);
        return Results.Json(new RecordingWave(Seconds(recording.Duration), Channel(peaks, 0), Channel(peaks, 1)), WebJson.Options);
    }

    private async Task<IResult> Delete(string id, HttpContext http)
    {
        if (!SessionKey.IsId(id))
            return NotFound();
        var outcome = await Of(http).Delete(SignedIn.Of(http).Extension, id, ClientOrigin.AddressOf(http, options).ToString());
        return outcome == RecordingOutcome.Done ? Results.NoContent() : Refusal(outcome);
    }

    private async Task<IResult> ListAccess(HttpContext http, string? recording, DateTimeOffset? before, int? count)
    {
        if (recording is not null && !SessionKey.IsId(recording))
            return NotFound();
        var most = Math.Clamp(count ?? DefaultCount, 1, MostCount);
        if (await Of(http).ListAccess(SignedIn.Of(http).Extension, recording, before?.ToUniversalTime(), most + 1) is not { } found)
            return Refusal(RecordingOutcome.Forbidden);
        var entries = found.Take(most).Select(access => new RecordingAccessItem(
            access.RecordingId, access.Owner, access.By.Length > 0 ? access.By : null, access.Use, access.At, access.Address));
        return Results.Json(new RecordingAccessPage([.. entries], found.Length > most), WebJson.Options);
    }

    private IRecordingsGrain Of(HttpContext http) => grains.GetGrain<IRecordingsGrain>(SignedIn.Of(http).Account.TenantName);

    private static string NameOf(RecordingView recording, string suffix) =>
        $"{recording.Extension}-{recording.StartedAt.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.{suffix}";

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static ImmutableArray<int> Channel(byte[] peaks, int from) => [.. Enumerable.Range(0, peaks.Length / 2).Select(i => (int)peaks[2 * i + from])];

    private static IResult NotFound() => Refusal(RecordingOutcome.NotFound);

    private static IResult Refusal(RecordingOutcome outcome) => outcome switch
    {
        RecordingOutcome.Forbidden => Problems.Result(StatusCodes.Status403Forbidden, "forbidden", "The organisation does not allow this."),
        RecordingOutcome.Unavailable => Problems.Result(StatusCodes.Status409Conflict, "unavailable", "The recording still goes on, or is on a server that is not there now."),
        _ => Problems.Result(StatusCodes.Status404NotFound, "not-found", "There is no such recording."),
    };
}
