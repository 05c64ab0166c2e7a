using System.Data.Common;
using Npgsql;

namespace Webphone.Silo.Storage.Databases;

/// <summary>A PostgreSQL database. Each node claims its name with an advisory lock on its writing connection.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    /// <summary>Keys of our advisory locks ("webp" and "node"), apart from anyone else's in the same database.</summary>
    private const long MigrationLock = 0x7765_6270_0000_0001;
    private const int PreparedStatements = 32;
    private readonly NpgsqlDataSource _source;
    private readonly string _node;

    public PostgresDatabase(string connectionString, string node)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = PreparedStatements, ApplicationName = $"webphone {node}" };
        _source = NpgsqlDataSource.Create(settings);
        _node = node;
        Description = $"PostgreSQL at {settings.Host}:{settings.Port}/{settings.Database}";
    }

    public string Description { get; }

    public bool IsShared => true;

    public async ValueTask<DbConnection> OpenRead(CancellationToken cancellation = default) => await _source.OpenConnectionAsync(cancellation);

    public IBatchConnection OpenWriter() => PostgresBatchConnection.Open(_source, _node);

    public async Task Exclusively(Func<DbConnection, DbTransaction, Task> work, CancellationToken cancellation = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MigrationLock });
            await command.ExecuteNonQueryAsync(cancellation);
        }

        await work(connection, transaction);
        await transaction.CommitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
