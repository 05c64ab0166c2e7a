using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Webphone.OrleansSilo;

/// <summary>Grain state as JSON in memory, which outlives the silo: what is read is never what was written but a copy, as from a disk.</summary>
internal sealed class CopyingStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = [];
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.RecordExists = record is not null;
        grainState.ETag = record?.Etag!;
        grainState.State = record is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(record.Json)!;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = new Record(JsonSerializer.SerializeToUtf8Bytes(grainState.State), $"{Interlocked.Increment(ref _version)}");
        var key = (stateName, grainId);
        var stored = _records.GetValueOrDefault(key);
        var written = stored?.Etag == grainState.ETag && (stored is null ? _records.TryAdd(key, record) : _records.TryUpdate(key, record, stored));
        if (!written) return Task.FromException(new InconsistentStateException("Changed by another activation.", stored?.Etag, grainState.ETag));
        (grainState.RecordExists, grainState.ETag) = (true, record.Etag);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _records.GetValueOrDefault((stateName, grainId));
        if (stored?.Etag != grainState.ETag || (stored is not null && !_records.TryRemove(new((stateName, grainId), stored))))
            return Task.FromException(new InconsistentStateException("Changed by another activation.", stored?.Etag, grainState.ETag));
        (grainState.RecordExists, grainState.ETag, grainState.State) = (false, null!, Activator.CreateInstance<T>());
        return Task.CompletedTask;
    }

    private sealed record Record(byte[] Json, string Etag);
}
