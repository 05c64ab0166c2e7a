using Npgsql;
using Webphone.System.Tests.Harness;
using Webphone.Tests.Shared.Storage;

namespace Webphone.Cluster.Tests.Harness;

/// <summary>
/// PostgreSQL and three silos as processes on 127.0.0.2, .3 and .4, with one tenant. WEBPHONE_CLUSTER_LOGS names a folder for what the silos print, and
/// WEBPHONE_CLUSTER_LEVEL how much that is.
/// </summary>
public sealed class SiloCluster : IAsyncLifetime
{
    public const int Silos = 3;
    public const string Domain = "load.example";

    /// <summary>Users from here on, a hundred for each silo: fifty who are called and fifty who call.</summary>
    public const int FirstLoadUser = 10_000;

    private readonly RunningSilo?[] _silos = new RunningSilo?[Silos];
    private PostgresServer? _postgres;
    private string? _missing;

    /// <summary>One tenant, since sipp's digests name the address of the server instead of the domain.</summary>
    private static string Tenants => $$"""
        { "tenants": [ { "name": "load", "domain": "{{Domain}}", "digestAlgorithms": ["MD5"], "userRanges": [
          { "first": 101, "count": 10, "secretPrefix": "demo-" },
          { "first": {{FirstLoadUser}}, "count": {{100 * Silos}}, "secretPrefix": "load-" } ] } ] }
        """;

    /// <summary>Why this build makes no cluster; null when it does.</summary>
    public static string? MissingBuild => IsOrleansBuild() ? null : "a cluster needs the build on Microsoft Orleans: ./test --engine orleans";

    public RunningSilo this[int index] => _silos[index]!;

    public async ValueTask InitializeAsync()
    {
        _missing = MissingBuild;
        if (_missing is not null) return;
        try
        {
            _postgres = await PostgresServer.StartAsync();
        }
        catch (Xunit.Sdk.SkipException reason)
        {
            _missing = reason.Message;
            return;
        }

        for (var index = 0; index < Silos; index++) _silos[index] = await StartAsync(index, _postgres.ConnectionString);
    }

    /// <summary>A phone of the extensions 101 to 110 on this silo.</summary>
    public Task<BaresipPhone> PhoneAsync(int index, string extension, int toneHertz) =>
        BaresipPhone.RegisteredAsync(this[index].Phone(extension, toneHertz) with { Domain = Domain });

    /// <summary>Skips the test where there is no cluster.</summary>
    public void Require()
    {
        if (_missing is { } reason) Assert.Skip(reason);
    }

    /// <summary>All nodes that are members now, by name.</summary>
    public Task<string[]> MembersAsync() => QueryAsync("SELECT name FROM orleans_silo WHERE status = 3 ORDER BY name");

    /// <summary>Waits until the members are exactly these, and returns how long that took.</summary>
    public async Task<TimeSpan> WaitForMembersAsync(params int[] indexes)
    {
        var clock = global::System.Diagnostics.Stopwatch.StartNew();
        var expected = indexes.Select(NameOf).ToArray();
        while (true)
        {
            var members = await MembersAsync();
            if (members.SequenceEqual(expected)) return clock.Elapsed;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"members are {string.Join(", ", members)}, and should be {string.Join(", ", expected)}");
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until no call of the load is on, then names the calls without a closed entry of their caller, or of both when they were answered: whose user died with
    /// a silo before they were asked knows nothing of the call.</summary>
    public async Task<string[]> BrokenHistoryAsync()
    {
        var end = Environment.TickCount64 + 90_000;
        while ((await QueryAsync("SELECT call_key FROM live_call WHERE tenant = 'load'")) is { Length: > 0 } live)
        {
            Assert.True(Environment.TickCount64 < end, $"{live.Length} calls are still in the journal, such as {live[0]}");
            await Task.Delay(250);
        }

        return await QueryAsync("""
            SELECT call_key || ': ' || COUNT(*) || ' entries, ' || COUNT(ended_us) || ' closed' FROM call_history WHERE tenant = 'load'
            GROUP BY call_key
            HAVING COUNT(ended_us) <> COUNT(*) OR COUNT(*) FILTER (WHERE direction = 'Outbound') <> 1 OR COUNT(answered_us) NOT IN (0, 2)
            """);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.OfType<RunningSilo>())
        {
            if (Environment.GetEnvironmentVariable("WEBPHONE_CLUSTER_LOGS") is { Length: > 0 } folder) await File.WriteAllTextAsync(Path.Combine(folder, $"{silo.Address}.log"), silo.Output);
            await silo.DisposeAsync();
        }

        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    private static string NameOf(int index) => $"n{index + 2}";

    private static Task<RunningSilo> StartAsync(int index, string database) => RunningSilo.ProvisionedAsync(
        Tenants,
        $"127.0.0.{index + 2}",
        rtpPorts: 1500,
        "--node", NameOf(index), "--postgres", database, "--silo-port", $"{Ports.Free()}", "--gateway-port", $"{Ports.Free()}",
        "--trusted-networks", "127.0.0.0/8", "--log-level", Environment.GetEnvironmentVariable("WEBPHONE_CLUSTER_LEVEL") ?? "information");

    private async Task<string[]> QueryAsync(string query)
    {
        await using var connection = new NpgsqlConnection(_postgres!.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync()) found.Add(reader.GetString(0));
        return [.. found];
    }

    /// <summary>artifacts/ENGINE/bin/PROJECT/CONFIGURATION/.</summary>
    private static bool IsOrleansBuild() => new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent?.Parent?.Parent?.Name == "Orleans";
}
