using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Storage.Calls;

/// <summary>Calls and history entries as rows. A live call carries its open entries; they become rows of the history when it ends.</summary>
internal static class CallRows
{
    private const string UpsertLive = """
        INSERT INTO live_call (call_key, tenant, node, schema_version, state, history) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (call_key) DO UPDATE SET node = excluded.node, schema_version = excluded.schema_version, state = excluded.state, history = excluded.history
        """;

    private const string DeleteLive = "DELETE FROM live_call WHERE call_key = $1";

    private const string UpsertHistory = """
        INSERT INTO call_history (call_key, extension, tenant, direction, peer_number, peer_name, line, started_us, answered_us, ended_us, end_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (call_key, extension) DO UPDATE SET direction = excluded.direction, peer_number = excluded.peer_number, peer_name = excluded.peer_name,
            line = excluded.line, started_us = excluded.started_us, answered_us = excluded.answered_us, ended_us = excluded.ended_us, end_reason = excluded.end_reason
        """;

    /// <summary>The statements, to be run in one transaction, that make the store hold this record.</summary>
    public static SqlStatement[] ToStatements(CallRecord record, string node) => record.Ended
        ? [new SqlStatement(DeleteLive, Clean(record.CallKey)), .. record.History.Select(entry => ToStatement(entry, record.Tenant))]
        : [
            new SqlStatement(
                UpsertLive,
                Clean(record.CallKey),
                record.Tenant,
                node,
                (long)record.SchemaVersion,
                StateJson.Write(record.State),
                StateJson.Write(record.History)),
        ];

    /// <summary>The statements that close a call whose node died: its open entries end as interrupted, its row goes.</summary>
    public static SqlStatement[] ToInterrupted(string callKey, string tenant, ImmutableArray<HistoryEntry> history, DateTimeOffset lastAlive) =>
        [new SqlStatement(DeleteLive, callKey), .. history.Select(entry => ToStatement(Interrupt(entry, lastAlive), tenant))];

    private static HistoryEntry Interrupt(HistoryEntry entry, DateTimeOffset lastAlive)
    {
        if (entry.EndedAt is not null) return entry;
        var lastKnown = entry.AnsweredAt ?? entry.StartedAt;
        return entry with { EndedAt = lastAlive > lastKnown ? lastAlive : lastKnown, End = CallEnd.Interrupted };
    }

    private static SqlStatement ToStatement(HistoryEntry entry, string tenant) => new(
        UpsertHistory,
        Clean(entry.CallKey),
        entry.Extension,
        tenant,
        entry.Direction.ToString(),
        Clean(entry.Peer.Number),
        Clean(entry.Peer.Name),
        Clean(entry.Line),
        StoredTime.ToMicroseconds(entry.StartedAt),
        ToMicroseconds(entry.AnsweredAt),
        ToMicroseconds(entry.EndedAt),
        entry.End.ToString());

    private static long? ToMicroseconds(DateTimeOffset? time) => time is { } known ? StoredTime.ToMicroseconds(known) : null;

    private static string Clean(string text) => StoredText.Clean(text);
}
