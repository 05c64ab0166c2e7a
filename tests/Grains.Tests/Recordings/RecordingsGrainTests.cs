using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Recordings;

/// <summary>P21: who may use a recording, and that every use is written down.</summary>
public sealed class RecordingsGrainTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private readonly TestHost _host = new();

    public RecordingsGrainTests()
    {
        _host.Directory.Change("103", user => user with { Rights = [RecordingRight.Name] });
        _host.Recordings.Rows.Add(new RecordingView(
            Id, "acme", "101", "acme/c1", CallDirection.Outbound, new Party("102", "Bob"), "n1", RecordingFileKind.Wav, _host.Now, _host.Now, TimeSpan.FromSeconds(1), 4, "", TimeSpan.Zero, false));
        _host.Node.Recorder.Files[Id] = [1, 2, 3, 4];
    }

    public void Dispose() => _host.Dispose();

    private IRecordingsGrain Grain => _host.Cluster.Grains.GetGrain<IRecordingsGrain>("acme");

    [Fact]
    public void P21_the_owner_and_who_has_the_right_find_it_and_nobody_else_does()
    {
        Assert.NotNull(Find("101"));
        Assert.Null(Find("102"));
        Assert.NotNull(Find("103"));
        Assert.Null(_host.Get(() => _host.Cluster.Grains.GetGrain<IRecordingsGrain>("other").Find("101", Id)));
        Assert.Empty(_host.Get(() => Grain.List("102", "101", null, 10)));
        Assert.Empty(_host.Get(() => Grain.List("102", null, null, 10)));
        Assert.Single(_host.Get(() => Grain.List("103", null, null, 10)));
        Assert.Single(_host.Get(() => Grain.OfCalls("101", ["acme/c1"])));
        Assert.Empty(_host.Get(() => Grain.OfCalls("102", ["acme/c1"])));
    }

    [Fact]
    public void P21_every_use_is_logged_before_it_is_allowed()
    {
        Assert.Equal(RecordingOutcome.Done, Open("101", RecordingUse.Listen));
        Assert.Equal(RecordingOutcome.NotFound, Open("102", RecordingUse.Listen));
        Assert.Equal(RecordingOutcome.Done, Open("103", RecordingUse.Download));
        _host.Directory.Recording = RecordingPolicy.Default with { MayDownload = false };
        Assert.Equal(RecordingOutcome.Forbidden, Open("101", RecordingUse.Download));
        Assert.Equal([("101", RecordingUse.Listen), ("103", RecordingUse.Download)], _host.Recordings.Accesses.Select(access => (access.By, access.Use)));
        Assert.Null(_host.Get(() => Grain.ListAccess("101", null, null, 10)));
        Assert.Equal(2, _host.Get(() => Grain.ListAccess("103", Id, null, 10))!.Value.Length);
        _host.Recordings.IsAway = true;
        Assert.ThrowsAny<Exception>(() => Open("103", RecordingUse.Listen));
    }

    [Fact]
    public void P21_bytes_are_given_to_those_who_may_have_them()
    {
        Assert.Equal<byte[]>([2, 3], _host.Get(() => Grain.Read("101", Id, 1, 2))!);
        Assert.Empty(_host.Get(() => Grain.Read("101", Id, 9, 2))!);
        Assert.Null(_host.Get(() => Grain.Read("102", Id, 0, 2)));
        Assert.NotNull(_host.Get(() => Grain.ReadPeaks("103", Id, 10)));
        Assert.Null(_host.Get(() => Grain.ReadPeaks("102", Id, 10)));
    }

    [Fact]
    public void P21_a_recording_is_deleted_by_right_only_with_its_file_and_row_and_that_is_logged()
    {
        Assert.Equal(RecordingOutcome.Forbidden, Delete("101"));
        Assert.Equal(RecordingOutcome.NotFound, Delete("102"));
        Assert.Equal(RecordingOutcome.Done, Delete("103"));
        Assert.Empty(_host.Recordings.Rows);
        Assert.Empty(_host.Node.Recorder.Files);
        Assert.Equal(("103", "101", RecordingUse.Delete), _host.Recordings.Accesses.Select(access => (access.By, access.Owner, access.Use)).Single());
        Assert.Equal(RecordingOutcome.NotFound, Delete("103"));
    }

    [Fact]
    public void P21_what_still_goes_on_or_lies_on_a_node_that_is_away_is_not_deleted()
    {
        var row = _host.Recordings.Rows[0];
        _host.Recordings.Rows[0] = row with { EndedAt = null };
        Assert.Equal(RecordingOutcome.Unavailable, Delete("103"));
        _host.Recordings.Rows[0] = row with { Node = "n9" };
        Assert.Equal(RecordingOutcome.Unavailable, Delete("103"));
        Assert.Equal(RecordingOutcome.Unavailable, Open("101", RecordingUse.Listen));
    }

    private RecordingView? Find(string by) => _host.Get(() => Grain.Find(by, Id));

    private RecordingOutcome Open(string by, RecordingUse use) => _host.Get(() => Grain.Open(by, Id, use, "192.0.2.1")).Outcome;

    private RecordingOutcome Delete(string by) => _host.Get(() => Grain.Delete(by, Id, "192.0.2.1"));
}
