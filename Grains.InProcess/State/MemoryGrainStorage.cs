using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Grain state as JSON in memory: what is read is never what was written but a copy, as from a disk.</summary>
public sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = [];
    private readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.General);

    private long _version;

    /// <param name="references">Who resolves the grain references that states hold; it may change when the process that uses the storage restarts.</param>
    public MemoryGrainStorage(Func<IGrainFactory> references) => _json.Converters.Add(new Serialization.GrainReferenceJsonConverter(references));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.RecordExists = record is not null;
        grainState.ETag = record?.Etag;
        if (record is not null)
            grainState.State = JsonSerializer.Deserialize<T>(record.Json, _json);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = new Record(JsonSerializer.SerializeToUtf8Bytes(grainState.State, _json), Interlocked.Increment(ref _version).ToString());
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        var written = stored?.Etag == grainState.ETag && (stored is null ? _records.TryAdd(key, record) : _records.TryUpdate(key, record, stored));
        if (!written)
            return Task.FromException(Conflict(key, grainState.ETag));
        grainState.RecordExists = true;
        grainState.ETag = record.Etag;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        if (stored?.Etag != grainState.ETag || (stored is not null && !_records.TryRemove(new(key, stored))))
            return Task.FromException(Conflict(key, grainState.ETag));
        grainState.RecordExists = false;
        grainState.ETag = null;
        grainState.State = default;
        return Task.CompletedTask;
    }

    private InconsistentStateException Conflict((string State, GrainId Grain) key, string? etag) =>
        new($"State '{key.State}' of {key.Grain} was changed by another activation.", _records.GetValueOrDefault(key)?.Etag, etag);

    private sealed record Record(byte[] Json, string Etag);
}
