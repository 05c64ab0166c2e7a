using System.Collections.Immutable;
using Dapper;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.Calls;

/// <summary>History as people read it: the store's rows, with what the journal has not written over them.</summary>
internal sealed class HistoryStore(IDatabase database, CallJournal journal) : IHistoryStore
{
    private const string Select = """
        SELECT call_key AS CallKey, extension AS Extension, direction AS Direction, peer_number AS PeerNumber, peer_name AS PeerName, line AS Line,
               started_us AS StartedUs, answered_us AS AnsweredUs, ended_us AS EndedUs, end_reason AS EndReason
        FROM call_history WHERE tenant = @tenant AND started_us < @before
        """;

    private const string Newest = " ORDER BY started_us DESC LIMIT @count";

    public async Task<ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count)
    {
        var newer = journal.ListEntries(tenant, extension).Where(entry => before is null || entry.StartedAt < before).ToList();
        var seen = newer.Select(entry => (entry.CallKey, entry.Extension)).ToHashSet();
        var stored = await Read(tenant, extension, before, count);
        return [.. newer.Concat(stored.Where(entry => !seen.Contains((entry.CallKey, entry.Extension)))).OrderByDescending(entry => entry.StartedAt).Take(count)];
    }

    private async Task<IEnumerable<HistoryEntry>> Read(string tenant, string? extension, DateTimeOffset? before, int count)
    {
        await using var connection = await database.OpenRead();
        var query = Select + (extension is null ? "" : " AND extension = @extension") + Newest;
        var limit = before is { } time ? StoredTime.ToMicroseconds(time) : long.MaxValue;
        var rows = await connection.QueryAsync<Row>(query, new { tenant, extension, before = limit, count });
        return rows.Select(row => row.ToEntry());
    }

    private sealed class Row
    {
        public string CallKey { get; init; } = "";
        public string Extension { get; init; } = "";
        public string Direction { get; init; } = "";
        public string PeerNumber { get; init; } = "";
        public string PeerName { get; init; } = "";
        public string Line { get; init; } = "";
        public long StartedUs { get; init; }
        public long? AnsweredUs { get; init; }
        public long? EndedUs { get; init; }
        public string EndReason { get; init; } = "";

        public HistoryEntry ToEntry() => new(
            CallKey,
            Extension,
            Enum.Parse<CallDirection>(Direction),
            new Party(PeerNumber, PeerName),
            Line,
            StoredTime.FromMicroseconds(StartedUs),
            ToTime(AnsweredUs),
            ToTime(EndedUs),
            Enum.Parse<CallEnd>(EndReason));

        private static DateTimeOffset? ToTime(long? microseconds) => microseconds is { } known ? StoredTime.FromMicroseconds(known) : null;
    }
}
