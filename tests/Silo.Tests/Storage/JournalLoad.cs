using System.Diagnostics;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Tests.Storage;

/// <summary>How many call records a second the journal makes durable: every call is written ringing, answered and ended, since none is caught up by its own next.</summary>
public sealed class JournalLoad(PostgresDatabases postgres, ITestOutputHelper output)
{
    private const int Records = 60_000;

    /// <summary>Fewer than the journal keeps, so that none is given up.</summary>
    private const int MostWaiting = 10_000;

    [Fact(Explicit = true)]
    public async Task Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("webphone-journal-");
        try
        {
            await Measure("SQLite", new SqliteDatabase(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact(Explicit = true)]
    public async Task Postgres() => await Measure("PostgreSQL", new PostgresDatabase(await postgres.NewDatabase(), "node1"));

    private async Task Measure(string name, IDatabase database)
    {
        await using var store = await OpenStore.Open(database);
        await Write(store, "warm", Records / 6);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await Write(store, "call", Records);
        var spent = Environment.CpuUsage.TotalTime - cpu;
        output.WriteLine($"{name,-12} {Records / watch.Elapsed.TotalSeconds,8:N0} records/s {spent.TotalMicroseconds / Records,6:N0} us of this process's processor each");
        Assert.Equal(0, store.Journal.Waiting);
    }

    private static async Task Write(OpenStore store, string prefix, int records)
    {
        var start = Storage.Records.Start;
        var calls = records / 3;
        for (var round = 0; round < 3; round++)
        {
            for (var call = 0; call < calls; call++)
            {
                while (store.Journal.Waiting >= MostWaiting)
                    await Task.Delay(1);
                store.Journal.Append(Storage.Records.Of(
                    $"{prefix}{call}", start, round > 0 ? start.AddSeconds(1) : null, round > 1 ? start.AddSeconds(2) : null));
            }
        }

        while (store.Journal.Waiting > 0)
            await Task.Delay(1);
    }
}
