using Npgsql;
using Webphone.Tests.Shared.Storage;

[assembly: AssemblyFixture(typeof(Webphone.Silo.Tests.Storage.PostgresDatabases))]

namespace Webphone.Silo.Tests.Storage;

/// <summary>Databases of one PostgreSQL for all tests, which is started when the first of them asks for one.</summary>
public sealed class PostgresDatabases : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private PostgresServer? _server;
    private int _databases;

    /// <summary>The connection string of a new, empty database. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> NewDatabase()
    {
        var server = await Server();
        var name = $"t{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return server.ConnectionStringOf(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null) await _server.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<PostgresServer> Server()
    {
        await _gate.WaitAsync();
        try
        {
            return _server ??= await PostgresServer.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }
}
