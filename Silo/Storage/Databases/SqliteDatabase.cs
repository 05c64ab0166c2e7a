using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// One SQLite file in write-ahead mode: readers never wait for the writer. A lock file beside it keeps a second process out, and
/// goes with the process however it ends.
/// </summary>
internal sealed class SqliteDatabase : IDatabase
{
    public const string FileName = "webphone.db";
    private const string LockName = "webphone.lock";
    private readonly string _folder;
    private readonly string _connectionString;
    private FileStream? _lock;

    public SqliteDatabase(string folder)
    {
        var version = SqliteLibrary.Use();
        _folder = folder;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        Description = $"SQLite {version} at {path}";
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();
    }

    public string Description { get; }

    public bool IsShared => false;

    public ValueTask<DbConnection> OpenRead(CancellationToken cancellation = default) => ValueTask.FromResult<DbConnection>(Open());

    public IBatchConnection OpenWriter()
    {
        _lock ??= TakeLock();
        return new SqliteBatchConnection(Open());
    }

    public async Task Exclusively(Func<DbConnection, DbTransaction, Task> work, CancellationToken cancellation = default)
    {
        await using var connection = Open();
        // Not deferred: BEGIN IMMEDIATE takes the write lock before anything is read.
        await using var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
        await work(connection, transaction);
        transaction.Commit();
    }

    public ValueTask DisposeAsync()
    {
        using (var pool = new SqliteConnection(_connectionString)) SqliteConnection.ClearPool(pool);
        _lock?.Dispose();
        _lock = null;
        return ValueTask.CompletedTask;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        command.ExecuteNonQuery();
        return connection;
    }

    private FileStream TakeLock()
    {
        var path = Path.Combine(_folder, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new StoreInUseException($"the data folder \"{_folder}\" is in use by another process");
        }
    }
}
