using System.Data;
using Npgsql;

namespace Webphone.Silo.Storage.Databases;

/// <summary>The writer of a PostgreSQL database: a batch is one round trip and, without a BEGIN, one transaction of its own.</summary>
internal sealed class PostgresBatchConnection : IBatchConnection
{
    /// <summary>First key of the lock pair that stands for "this node writes"; the second is the hash of its name.</summary>
    private const int NodeLockSpace = 0x7765_6270;

    /// <summary>After a crash the server needs a moment to notice that the old connection is gone.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private readonly NpgsqlConnection _connection;

    private PostgresBatchConnection(NpgsqlConnection connection) => _connection = connection;

    public bool IsUsable => _connection.FullState == ConnectionState.Open;

    public static PostgresBatchConnection Open(NpgsqlDataSource source, string node)
    {
        var connection = source.OpenConnection();
        try
        {
            using var command = new NpgsqlCommand("SET lock_timeout = 5000; SELECT pg_advisory_lock(@space, hashtext(@node)); SET lock_timeout = 0;", connection);
            command.Parameters.AddWithValue("space", NodeLockSpace);
            command.Parameters.AddWithValue("node", node);
            command.CommandTimeout = (int)LockPatience.TotalSeconds * 2;
            command.ExecuteNonQuery();
            return new PostgresBatchConnection(connection);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            connection.Dispose();
            throw new StoreInUseException($"another process uses this database as node \"{node}\"");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public int[] Execute(IReadOnlyList<SqlStatement> statements)
    {
        using var batch = new NpgsqlBatch(_connection);
        foreach (var statement in statements) batch.BatchCommands.Add(ToCommand(statement));
        batch.ExecuteNonQuery();
        var touched = new int[statements.Count];
        for (var i = 0; i < touched.Length; i++) touched[i] = batch.BatchCommands[i].RecordsAffected;
        return touched;
    }

    public void Dispose() => _connection.Dispose();

    private static NpgsqlBatchCommand ToCommand(SqlStatement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Text);
        foreach (var argument in statement.Arguments)
        {
            command.Parameters.Add(argument switch
            {
                long number => new NpgsqlParameter<long> { TypedValue = number },
                string text => new NpgsqlParameter<string> { TypedValue = text },
                _ => new NpgsqlParameter { Value = DBNull.Value },
            });
        }

        return command;
    }
}
