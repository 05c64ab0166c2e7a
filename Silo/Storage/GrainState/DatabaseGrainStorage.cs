using Dapper;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.GrainState;

/// <summary>
/// Grain state as JSON rows with an etag. Etags are random, so that one from before a clear never fits what was written after it.
/// </summary>
internal sealed class DatabaseGrainStorage(IDatabase database, GroupCommitWriter writer) : IGrainStorage
{
    private const string Select = "SELECT schema_version AS SchemaVersion, etag AS Etag, state AS State FROM grain_state WHERE grain_id = @id AND state_name = @name";

    private const string Insert =
        "INSERT INTO grain_state (grain_id, state_name, schema_version, etag, state) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (grain_id, state_name) DO NOTHING";

    private const string Update = "UPDATE grain_state SET schema_version = $1, etag = $2, state = $3 WHERE grain_id = $4 AND state_name = $5 AND etag = $6";
    private const string Delete = "DELETE FROM grain_state WHERE grain_id = $1 AND state_name = $2 AND etag = $3";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await using var connection = await database.OpenRead();
        var row = await connection.QuerySingleOrDefaultAsync<Row>(Select, new { id = grainId.ToString(), name = stateName });
        grainState.State = row is null ? Activator.CreateInstance<T>() : StateJson.Read<T>(row.State, row.SchemaVersion, $"{stateName} of {grainId}");
        grainState.ETag = row?.Etag;
        grainState.RecordExists = row is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var state = StateJson.Write(grainState.State);
        var version = (long)StateJson.VersionOf(typeof(T));
        var etag = NewEtag();
        var statement = grainState.ETag is { } known
            ? new SqlStatement(Update, version, etag, state, grainId.ToString(), stateName, known)
            : new SqlStatement(Insert, grainId.ToString(), stateName, version, etag, state);
        await Execute(statement, stateName, grainId, grainState.ETag);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is { } known) await Execute(new SqlStatement(Delete, grainId.ToString(), stateName, known), stateName, grainId, known);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private async Task Execute(SqlStatement statement, string stateName, GrainId grainId, string? etag)
    {
        var touched = await writer.Execute(statement);
        if (touched[0] == 0) throw new InconsistentStateException($"{stateName} of {grainId} was changed by someone else", storedEtag: null, currentEtag: etag);
    }

    private static string NewEtag() => Random.Shared.NextInt64().ToString("x16");

    private sealed record Row(long SchemaVersion, string Etag, string State);
}
