using Dapper;
using Orleans;
using Orleans.Runtime;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.GrainState;

/// <summary>Reminders as rows, found by grain or by the ring of grain hashes.</summary>
internal sealed class DatabaseReminderTable(IDatabase database, GroupCommitWriter writer) : IReminderTable
{
    private const string Select = "SELECT grain_id AS GrainId, name AS Name, start_us AS StartUs, period_us AS PeriodUs, etag AS Etag FROM reminder ";

    private const string Upsert = """
        INSERT INTO reminder (grain_id, name, grain_hash, start_us, period_us, etag) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (grain_id, name) DO UPDATE SET start_us = excluded.start_us, period_us = excluded.period_us, etag = excluded.etag
        """;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read("WHERE grain_id = @grain", new { grain = grainId.ToString() });

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(
        begin < end ? "WHERE grain_hash > @begin AND grain_hash <= @end" : "WHERE grain_hash > @begin OR grain_hash <= @end",
        new { begin = (long)begin, end = (long)end });

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        (await Read("WHERE grain_id = @grain AND name = @name", new { grain = grainId.ToString(), name = reminderName })).Reminders.SingleOrDefault();

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var etag = Random.Shared.NextInt64().ToString("x16");
        var start = StoredTime.ToMicroseconds(new DateTimeOffset(DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc)));
        await writer.Execute(new SqlStatement(
            Upsert, entry.GrainId.ToString(), entry.ReminderName, (long)HashOf(entry.GrainId), start, entry.Period.Ticks / TimeSpan.TicksPerMicrosecond, etag));
        return etag;
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var touched = await writer.Execute(new SqlStatement(
            "DELETE FROM reminder WHERE grain_id = $1 AND name = $2 AND etag = $3", grainId.ToString(), reminderName, eTag));
        return touched[0] > 0;
    }

    public Task TestOnlyClearTable() => writer.Execute(new SqlStatement("DELETE FROM reminder"));

    private async Task<ReminderTableData> Read(string condition, object arguments)
    {
        await using var connection = await database.OpenRead();
        var rows = await connection.QueryAsync<Row>(Select + condition, arguments);
        return new ReminderTableData(rows.Select(row => row.ToEntry()));
    }

    /// <summary>FNV-1a of the id: the same in every process, as a stored hash must be.</summary>
    private static uint HashOf(GrainId grain)
    {
        var hash = 2_166_136_261;
        foreach (var unit in grain.ToString()) hash = (hash ^ unit) * 16_777_619;
        return hash;
    }

    private sealed record Row(string GrainId, string Name, long StartUs, long PeriodUs, string Etag)
    {
        public ReminderEntry ToEntry() => new()
        {
            GrainId = Orleans.Runtime.GrainId.Parse(GrainId),
            ReminderName = Name,
            StartAt = StoredTime.FromMicroseconds(StartUs).UtcDateTime,
            Period = TimeSpan.FromTicks(PeriodUs * TimeSpan.TicksPerMicrosecond),
            ETag = Etag,
        };
    }
}
