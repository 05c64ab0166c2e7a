using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>The tables of recordings in memory, and the recorder of a node that has the files.</summary>
internal sealed class FakeRecordings : IRecordingStore, IRecorder
{
    private readonly Lock _gate = new();
    private readonly List<RecordingView> _rows = [];
    private readonly List<RecordingAccess> _accesses = [];
    private readonly Dictionary<string, byte[]> _files = [];

    public List<string> Told { get; } = [];

    public ImmutableArray<RecordingAccess> Accesses
    {
        get
        {
            lock (_gate)
                return [.. _accesses];
        }
    }

    /// <summary>A recording that has ended, with so many bytes.</summary>
    public string Add(string tenant, string extension, string callKey, byte[] bytes, DateTimeOffset at, string node = "web1")
    {
        var id = Browser.NewId();
        lock (_gate)
        {
            _files[id] = bytes;
            _rows.Add(new RecordingView(
                id, tenant, extension, callKey, CallDirection.Outbound, new Party("102", "User 102"), node, RecordingFileKind.Wav, at, at.AddSeconds(1), TimeSpan.FromSeconds(1), bytes.Length,
                new string('a', 64), TimeSpan.Zero, false));
        }
        return id;
    }

    public Task<RecordingView?> Find(string tenant, string id) => Get(() => _rows.FirstOrDefault(row => row.Tenant == tenant && row.Id == id));

    public Task<ImmutableArray<RecordingView>> List(string tenant, string? extension, DateTimeOffset? before, int count) => Get(() => _rows
        .Where(row => row.Tenant == tenant && (extension is null || row.Extension == extension) && (before is null || row.StartedAt < before))
        .OrderByDescending(row => row.StartedAt).Take(count).ToImmutableArray());

    public Task<ImmutableArray<RecordingView>> OfCalls(string tenant, string extension, ImmutableArray<string> callKeys) =>
        Get(() => _rows.Where(row => row.Tenant == tenant && row.Extension == extension && callKeys.Contains(row.CallKey)).ToImmutableArray());

    public Task Delete(string tenant, RecordingAccess access) => Get(() =>
    {
        _accesses.Add(access);
        return _rows.RemoveAll(row => row.Tenant == tenant && row.Id == access.RecordingId);
    });

    public Task Log(string tenant, RecordingAccess access) => Get(() =>
    {
        _accesses.Add(access);
        return true;
    });

    public Task<ImmutableArray<RecordingAccess>> ListAccess(string tenant, string? id, DateTimeOffset? before, int count) =>
        Get(() => _accesses.Where(access => id is null || access.RecordingId == id).Reverse().Take(count).ToImmutableArray());

    public Task<bool> Record(EndpointId endpoint, RecordingOrder order, bool paused) => Get(() =>
    {
        Told.Add($"Record {order.Extension}");
        return true;
    });

    public Task Pause(EndpointId endpoint, string id, bool paused) => Task.CompletedTask;

    public Task Stop(EndpointId endpoint, string id) => Task.CompletedTask;

    public Task Cue(EndpointId endpoint, ProgressTone tone) => Task.CompletedTask;

    public Task<byte[]?> Read(RecordingFile file, long offset, int count) =>
        Get(() => _files.TryGetValue(file.Id, out var bytes) ? bytes.Skip((int)offset).Take(count).ToArray() : null);

    public Task<byte[]?> ReadPeaks(RecordingFile file, int most) => Task.FromResult<byte[]?>([10, 20, 30, 40]);

    Task IRecorder.Delete(RecordingFile file) => Get(() => _files.Remove(file.Id));

    private Task<T> Get<T>(Func<T> get)
    {
        lock (_gate)
            return Task.FromResult(get());
    }
}
