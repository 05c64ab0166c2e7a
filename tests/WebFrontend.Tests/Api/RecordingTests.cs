using System.Net;
using System.Net.Http.Headers;
using Webphone.Grains.Recordings;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Api;

/// <summary>P21: recordings over the API, to those who may have them.</summary>
public class RecordingTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 600_000).Select(i => (byte)(i * 31 + i / 256))];

    [Fact]
    public async Task P21_a_recording_is_played_whole_and_in_parts_and_each_listener_is_logged_once()
    {
        await using var world = await WebWorld.Start();
        var id = Add(world);
        var client = await world.SignedIn("101");

        using var whole = await client.Http.GetAsync($"/api/recordings/{id}");
        Assert.Equal((HttpStatusCode.OK, "audio/wav"), (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType));
        Assert.Equal(Bytes, await whole.Content.ReadAsByteArrayAsync());
        Assert.True(whole.Headers.CacheControl!.NoStore);
        foreach (var (from, to) in new (long, long)[] { (0, 0), (5, 300_000), (599_999, 599_999) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/recordings/{id}") { Headers = { Range = new RangeHeaderValue(from, to) } };
            using var part = await client.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            Assert.Equal(Bytes[(int)from..((int)to + 1)], await part.Content.ReadAsByteArrayAsync());
        }
        using var beyond = new HttpRequestMessage(HttpMethod.Get, $"/api/recordings/{id}") { Headers = { Range = new RangeHeaderValue(600_000, 600_010) } };
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await client.Http.SendAsync(beyond)).StatusCode);

        var access = Assert.Single(world.Recordings.Accesses);
        Assert.Equal((id, "101", "101", RecordingUse.Listen, "127.0.0.1"), (access.RecordingId, access.Owner, access.By, access.Use, access.Address));
    }

    [Fact]
    public async Task P21_a_download_has_a_name_and_is_logged_as_such()
    {
        await using var world = await WebWorld.Start();
        var id = Add(world);
        var client = await world.SignedIn("101");
        using var response = await client.Http.GetAsync($"/api/recordings/{id}?download=true");
        Assert.Equal(("attachment", "101-20300102-030405.wav"), (response.Content.Headers.ContentDisposition!.DispositionType, response.Content.Headers.ContentDisposition.FileName));
        Assert.Equal(RecordingUse.Download, Assert.Single(world.Recordings.Accesses).Use);
    }

    [Fact]
    public async Task P21_nobody_finds_a_recording_of_others_nor_of_another_organisation()
    {
        await using var world = await WebWorld.Start();
        var id = Add(world);
        foreach (var client in new[] { await world.SignedIn("102"), await world.SignedIn("101", "other") })
        {
            foreach (var path in new[] { $"/api/recordings/{id}", $"/api/recordings/{id}?download=true", $"/api/recordings/{id}/wave" })
                Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.Http.DeleteAsync($"/api/recordings/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.Http.GetAsync("/api/recordings/access")).StatusCode);
            Assert.Empty((await client.Get<RecordingPage>("/api/recordings?all=true"))!.Recordings);
        }
        Assert.Empty((await (await world.SignedIn("102")).Get<RecordingPage>("/api/recordings?extension=101"))!.Recordings);
        Assert.Empty(world.Recordings.Accesses);
    }

    [Theory]
    [InlineData("..%2f..%2fwebphone.db")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData("*")]
    public async Task P21_what_is_no_id_is_nothing(string id)
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("108");
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync($"/api/recordings/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync($"/api/recordings/{id}/wave")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.DeleteAsync($"/api/recordings/{id}")).StatusCode);
    }

    [Fact]
    public async Task P21_who_has_the_right_lists_hears_and_deletes_all_and_reads_who_did()
    {
        await using var world = await WebWorld.Start();
        var id = Add(world);
        var owner = await world.SignedIn("101");
        using (await owner.Http.GetAsync($"/api/recordings/{id}"))
            Assert.Equal(HttpStatusCode.Forbidden, (await owner.Http.DeleteAsync($"/api/recordings/{id}")).StatusCode);
        var supervisor = await world.SignedIn("108");
        Assert.Equal(id, Assert.Single((await supervisor.Get<RecordingPage>("/api/recordings?all=true"))!.Recordings).Id);
        var wave = await supervisor.Get<RecordingWave>($"/api/recordings/{id}/wave");
        Assert.Equal<int>([10, 30], wave!.Left);
        Assert.Equal<int>([20, 40], wave.Right);
        Assert.Equal(HttpStatusCode.NoContent, (await supervisor.Http.DeleteAsync($"/api/recordings/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.Http.GetAsync($"/api/recordings/{id}")).StatusCode);
        var log = await supervisor.Get<RecordingAccessPage>("/api/recordings/access");
        Assert.Equal([("108", RecordingUse.Delete), ("101", RecordingUse.Listen)], log!.Entries.Select(entry => (entry.By!, entry.Use)));
    }

    [Fact]
    public async Task P21_what_is_on_a_node_that_is_away_says_so()
    {
        await using var world = await WebWorld.Start();
        var id = world.Recordings.Add("acme", "101", "acme/c1", Bytes, DateTimeOffset.UnixEpoch, node: "gone");
        var client = await world.SignedIn("101");
        Assert.Equal(HttpStatusCode.Conflict, (await client.Http.GetAsync($"/api/recordings/{id}")).StatusCode);
        Assert.Empty(world.Recordings.Accesses);
    }

    private static string Add(WebWorld world) => world.Recordings.Add("acme", "101", "acme/c1", Bytes, new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
}
