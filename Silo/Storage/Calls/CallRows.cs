using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Storage.Calls;

/// <summary>
/// Calls and history entries as rows. A live call carries its open entries; they become rows of the history when it ends. Every write has
/// conditions, since a call may be written by an activation that was given up and does not know it (a node that had stopped, for
/// instance): the later <see cref="CallState.Epoch"/> stays, a call that is in the history does not come back, and the history keeps what it was told first.
/// </summary>
internal static class CallRows
{
    private const string UpsertLive = """
        INSERT INTO live_call (call_key, tenant, node, schema_version, state, history, epoch)
        SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM call_history WHERE call_key = $1)
        ON CONFLICT (call_key) DO UPDATE SET node = excluded.node, schema_version = excluded.schema_version, state = excluded.state,
            history = excluded.history, epoch = excluded.epoch WHERE live_call.epoch <= excluded.epoch
        """;

    private const string DeleteLive = "DELETE FROM live_call WHERE call_key = $1 AND epoch <= $2";

    private const string InsertHistory = """
        INSERT INTO call_history (call_key, extension, tenant, direction, peer_number, peer_name, line, started_us, answered_us, ended_us, end_reason)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT), CAST($10 AS BIGINT), $11
        WHERE NOT EXISTS (SELECT 1 FROM live_call WHERE call_key = $1 AND epoch > $12)
        ON CONFLICT (call_key, extension) DO NOTHING
        """;

    /// <summary>
    /// The statements, to be run in one transaction, that make the store hold this record. The last of them touches no row when the store has
    /// the call from a later activation.
    /// </summary>
    public static SqlStatement[] ToStatements(CallRecord record, string node) => record.Ended
        ? Close(record.CallKey, record.Tenant, record.History, record.State.Epoch)
        : [
            new SqlStatement(
                UpsertLive,
                Clean(record.CallKey),
                record.Tenant,
                node,
                (long)record.SchemaVersion,
                StateJson.Write(record.State),
                StateJson.Write(record.History),
                (long)record.State.Epoch),
        ];

    /// <summary>The statements that close a call whose node died: its open entries end as interrupted, its row goes.</summary>
    public static SqlStatement[] ToInterrupted(string callKey, string tenant, ImmutableArray<HistoryEntry> history, long epoch, DateTimeOffset lastAlive) =>
        Close(callKey, tenant, [.. history.Select(entry => Interrupt(entry, lastAlive))], epoch);

    /// <summary>The live row goes last: it says whether somebody else has the call.</summary>
    private static SqlStatement[] Close(string callKey, string tenant, ImmutableArray<HistoryEntry> history, long epoch) =>
        [.. history.Select(entry => ToStatement(entry, tenant, epoch)), new SqlStatement(DeleteLive, Clean(callKey), epoch)];

    private static HistoryEntry Interrupt(HistoryEntry entry, DateTimeOffset lastAlive)
    {
        if (entry.EndedAt is not null) return entry;
        var lastKnown = entry.AnsweredAt ?? entry.StartedAt;
        return entry with { EndedAt = lastAlive > lastKnown ? lastAlive : lastKnown, End = CallEnd.Interrupted };
    }

    private static SqlStatement ToStatement(HistoryEntry entry, string tenant, long epoch) => new(
        InsertHistory,
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
        entry.End.ToString(),
        epoch);

    private static long? ToMicroseconds(DateTimeOffset? time) => time is { } known ? StoredTime.ToMicroseconds(known) : null;

    private static string Clean(string text) => StoredText.Clean(text);
}
