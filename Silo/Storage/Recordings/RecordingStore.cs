using System.Collections.Immutable;
using Dapper;
using Webphone.Grains.Recordings;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.Recordings;

/// <summary>The tables of recordings and of who used them. Safe from any thread.</summary>
internal sealed class RecordingStore(IDatabase database, GroupCommitWriter writer) : IRecordingStore
{
    private const string Upsert = """
        INSERT INTO recording (id, tenant, extension, call_key, direction, peer_number, peer_name, node, kind, started_us, ended_us, duration_us, size, sha256, missing_us, interrupted)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CAST($11 AS BIGINT), $12, $13, $14, $15, $16)
        ON CONFLICT (id) DO UPDATE SET ended_us = excluded.ended_us, duration_us = excluded.duration_us, size = excluded.size, sha256 = excluded.sha256,
            missing_us = excluded.missing_us, interrupted = excluded.interrupted WHERE recording.ended_us IS NULL
        """;

    private const string Remove = "DELETE FROM recording WHERE tenant = $1 AND id = $2";

    private const string InsertAccess =
        "INSERT INTO recording_access (tenant, recording_id, owner, used_by, used_as, at_us, address) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    private const string RemoveAccess = "DELETE FROM recording_access WHERE at_us < $1";

    /// <summary>Makes the store hold the recording; one that has ended there stays as it is.</summary>
    public Task Save(RecordingView recording) => writer.Execute(new SqlStatement(
        Upsert,
        recording.Id,
        recording.Tenant,
        recording.Extension,
        StoredText.Clean(recording.CallKey),
        recording.Direction.ToString(),
        StoredText.Clean(recording.Peer.Number),
        StoredText.Clean(recording.Peer.Name),
        recording.Node,
        recording.Kind.ToString(),
        StoredTime.ToMicroseconds(recording.StartedAt),
        recording.EndedAt is { } ended ? StoredTime.ToMicroseconds(ended) : null,
        Microseconds(recording.Duration),
        recording.Size,
        recording.Sha256,
        Microseconds(recording.Missing),
        recording.Interrupted ? 1L : 0L));

    public async Task<RecordingView?> Find(string tenant, string id) =>
        (await Read("tenant = @tenant AND id = @id", new { tenant, id, count = 1 })).FirstOrDefault();

    public Task<ImmutableArray<RecordingView>> List(string tenant, string? extension, DateTimeOffset? before, int count) => Read(
        "tenant = @tenant AND started_us < @before" + (extension is null ? "" : " AND extension = @extension"),
        new { tenant, extension, before = BeforeOf(before), count });

    public async Task<ImmutableArray<RecordingView>> OfCalls(string tenant, string extension, ImmutableArray<string> callKeys)
    {
        if (callKeys.IsEmpty) return [];
        // Written out, since the two stores take lists in different ways.
        var parameters = new DynamicParameters(new { tenant, extension, count = RecordingLimits.MaxListed });
        foreach (var (index, callKey) in callKeys.Index()) parameters.Add($"call{index}", callKey);
        var found = await Read($"tenant = @tenant AND extension = @extension AND call_key IN ({string.Join(", ", callKeys.Index().Select(call => $"@call{call.Index}"))})", parameters);
        return [.. found.Reverse()];
    }

    /// <summary>Of a node and a tenant, those that ended before a time.</summary>
    public Task<ImmutableArray<RecordingView>> ListEnded(string node, string tenant, DateTimeOffset before, int count) => Read(
        "tenant = @tenant AND node = @node AND ended_us < @before", new { node, tenant, before = StoredTime.ToMicroseconds(before), count });

    public Task Delete(string tenant, RecordingAccess access) => writer.Execute(new SqlStatement(Remove, tenant, access.RecordingId), StatementOf(tenant, access));

    public Task Log(string tenant, RecordingAccess access) => writer.Execute(StatementOf(tenant, access));

    /// <summary>Forgets who used recordings so long ago.</summary>
    public Task ForgetAccess(DateTimeOffset before) => writer.Execute(new SqlStatement(RemoveAccess, StoredTime.ToMicroseconds(before)));

    public async Task<ImmutableArray<RecordingAccess>> ListAccess(string tenant, string? id, DateTimeOffset? before, int count)
    {
        await using var connection = await database.OpenRead();
        var rows = await connection.QueryAsync<AccessRow>(
            $"""
            SELECT recording_id AS RecordingId, owner AS Owner, used_by AS UsedBy, used_as AS UsedAs, at_us AS AtUs, address AS Address
            FROM recording_access WHERE tenant = @tenant AND at_us < @before {(id is null ? "" : "AND recording_id = @id")} ORDER BY at_us DESC LIMIT @count
            """,
            new { tenant, id, before = BeforeOf(before), count });
        return [.. rows.Select(row => new RecordingAccess(
            row.RecordingId, row.Owner, row.UsedBy, Enum.Parse<RecordingUse>(row.UsedAs), StoredTime.FromMicroseconds(row.AtUs), row.Address))];
    }

    private static SqlStatement StatementOf(string tenant, RecordingAccess access) => new(
        InsertAccess,
        tenant,
        access.RecordingId,
        access.Owner,
        access.By,
        access.Use.ToString(),
        StoredTime.ToMicroseconds(access.At),
        StoredText.Clean(access.Address));

    private static long BeforeOf(DateTimeOffset? before) => before is { } time ? StoredTime.ToMicroseconds(time) : long.MaxValue;

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private async Task<ImmutableArray<RecordingView>> Read(string where, object parameters)
    {
        await using var connection = await database.OpenRead();
        var rows = await connection.QueryAsync<RecordingRow>(
            $"""
            SELECT id AS Id, tenant AS Tenant, extension AS Extension, call_key AS CallKey, direction AS Direction, peer_number AS PeerNumber, peer_name AS PeerName,
                   node AS Node, kind AS Kind, started_us AS StartedUs, ended_us AS EndedUs, duration_us AS DurationUs, size AS Size, sha256 AS Sha256,
                   missing_us AS MissingUs, interrupted AS Interrupted
            FROM recording WHERE {where} ORDER BY started_us DESC LIMIT @count
            """,
            parameters);
        return [.. rows.Select(row => row.ToView())];
    }

    private sealed class AccessRow
    {
        public string RecordingId { get; init; } = "";
        public string Owner { get; init; } = "";
        public string UsedBy { get; init; } = "";
        public string UsedAs { get; init; } = "";
        public long AtUs { get; init; }
        public string Address { get; init; } = "";
    }
}
