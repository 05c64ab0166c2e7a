using Microsoft.Data.Sqlite;

namespace Webphone.Silo.Storage.Databases;

/// <summary>The writer of a SQLite file. Statements stay prepared for as long as the connection lives.</summary>
internal sealed class SqliteBatchConnection(SqliteConnection connection) : IBatchConnection
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>A file has no connection to break: what fails, fails again or not by itself.</summary>
    public bool IsUsable => true;

    public int[] Execute(IReadOnlyList<SqlStatement> statements)
    {
        var touched = new int[statements.Count];
        using var transaction = connection.BeginTransaction(deferred: false);
        for (var i = 0; i < touched.Length; i++) touched[i] = Execute(statements[i], transaction);
        transaction.Commit();
        return touched;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        using (var checkpoint = connection.CreateCommand())
        {
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE);";
            checkpoint.ExecuteNonQuery();
        }

        connection.Dispose();
    }

    private int Execute(SqlStatement statement, SqliteTransaction transaction)
    {
        var command = Prepare(statement);
        command.Transaction = transaction;
        for (var i = 0; i < statement.Arguments.Length; i++) command.Parameters[i].Value = statement.Arguments[i] ?? DBNull.Value;
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(SqlStatement statement)
    {
        if (_prepared.TryGetValue(statement.Text, out var command)) return command;
        command = connection.CreateCommand();
        command.CommandText = statement.Text;
        for (var i = 1; i <= statement.Arguments.Length; i++) command.Parameters.Add(new SqliteParameter("$" + i, DBNull.Value));
        return _prepared[statement.Text] = command;
    }
}
