using Microsoft.Extensions.Logging;

namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// The one writer of a store. Writes that come while a transaction is being committed go together into the next one, so that the
/// cost of making them durable is shared. A write's statements stay in one transaction. One thread of its own, because both stores'
/// writers block.
/// </summary>
internal sealed partial class GroupCommitWriter : IAsyncDisposable
{
    /// <summary>Writes that may wait; one more fails at once, since the store is then seconds behind.</summary>
    public const int MostWaiting = 50_000;

    /// <summary>Bounds a transaction's length, and so how long the last in a crowd waits.</summary>
    private const int MostInBatch = 1_000;
    private readonly IDatabase _database;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<Write> _waiting = new();
    private IBatchConnection? _connection;
    private bool _closing;

    public GroupCommitWriter(IDatabase database, ILogger logger)
    {
        _database = database;
        _logger = logger;
    }

    /// <summary>Claims the store (see <see cref="IDatabase.OpenWriter"/>) and starts to write.</summary>
    public void Start()
    {
        _connection = _database.OpenWriter();
        new Thread(Run) { IsBackground = true, Name = "store writer" }.Start();
    }

    /// <summary>
    /// Writes the statements in one transaction; durable when the task is complete. The result is how many rows each touched. A write
    /// that the store refuses fails alone, not those that happened to share its transaction.
    /// </summary>
    public Task<int[]> Execute(params SqlStatement[] statements)
    {
        var write = new Write(statements);
        lock (_gate)
        {
            if (_closing) return Task.FromException<int[]>(new ObjectDisposedException(nameof(GroupCommitWriter)));
            if (_waiting.Count >= MostWaiting) return Task.FromException<int[]>(new StoreOverloadedException());
            _waiting.Enqueue(write);
        }

        _wake.Set();
        return write.Completion.Task;
    }

    /// <summary>Writes what waits and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing) return;
            _closing = true;
        }

        if (_connection is null) return;
        _wake.Set();
        await _ended.Task;
        _wake.Dispose();
    }

    private void Run()
    {
        var batch = new List<Write>();
        while (TakeBatch(batch)) Commit(batch);
        CloseConnection();
        _ended.SetResult();
    }

    private bool TakeBatch(List<Write> batch)
    {
        batch.Clear();
        while (true)
        {
            lock (_gate)
            {
                while (batch.Count < MostInBatch && _waiting.TryDequeue(out var write)) batch.Add(write);
                if (batch.Count > 0) return true;
                if (_closing) return false;
            }

            _wake.WaitOne();
        }
    }

    private void Commit(List<Write> batch)
    {
        try
        {
            Complete(batch, Execute(batch));
        }
        catch (Exception error)
        {
            // A thread's edge: whatever the store threw goes to those who wait for it, and the writer lives on.
            Refuse(batch, error);
        }
    }

    private void Refuse(List<Write> batch, Exception error)
    {
        var storeIsAway = _connection is not { IsUsable: true };
        if (batch.Count > 1 && !storeIsAway)
        {
            LogBatchRefused(batch.Count, error);
            foreach (var write in batch) Commit([write]);
            return;
        }

        if (storeIsAway) LogStoreAway(error.Message);
        foreach (var write in batch) write.Completion.TrySetException(error);
    }

    private int[] Execute(List<Write> batch)
    {
        if (_connection is { IsUsable: false }) CloseConnection();
        _connection ??= _database.OpenWriter();
        var statements = new List<SqlStatement>(batch.Count * 2);
        foreach (var write in batch) statements.AddRange(write.Statements);
        return _connection.Execute(statements);
    }

    private static void Complete(List<Write> batch, int[] touched)
    {
        var from = 0;
        foreach (var write in batch)
        {
            write.Completion.TrySetResult(touched[from..(from + write.Statements.Length)]);
            from += write.Statements.Length;
        }
    }

    private void CloseConnection()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception error)
        {
            LogStoreAway(error.Message);
        }

        _connection = null;
    }

    private sealed class Write(SqlStatement[] statements)
    {
        public SqlStatement[] Statements { get; } = statements;

        public TaskCompletionSource<int[]> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refused a batch of {Writes} writes; each is tried alone")]
    private partial void LogBatchRefused(int writes, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store is away: {Reason}")]
    private partial void LogStoreAway(string reason);
}

/// <summary>More writes wait for the store than it can take in any useful time.</summary>
internal sealed class StoreOverloadedException() : Exception($"more than {GroupCommitWriter.MostWaiting} writes wait for the store");
