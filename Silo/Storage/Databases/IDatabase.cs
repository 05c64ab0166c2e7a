using System.Data.Common;

namespace Webphone.Silo.Storage.Databases;

/// <summary>A store that speaks SQL: SQLite or PostgreSQL. Safe from any thread.</summary>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>What to call it in logs; holds no password.</summary>
    string Description { get; }

    /// <summary>Whether other nodes keep their calls and grains in it too.</summary>
    bool IsShared { get; }

    /// <summary>A connection for reading, from a pool; the caller disposes it.</summary>
    ValueTask<DbConnection> OpenRead(CancellationToken cancellation = default);

    /// <summary>The connection of the one writer. It also claims the store for this node, so that two processes never write as one.</summary>
    IBatchConnection OpenWriter();

    /// <summary>Runs <paramref name="work"/> in a transaction that no other process can be in at the same time.</summary>
    Task Exclusively(Func<DbConnection, DbTransaction, Task> work, CancellationToken cancellation = default);
}

/// <summary>Runs batches of statements, each batch whole or not at all and durable when it returns. One thread at a time.</summary>
internal interface IBatchConnection : IDisposable
{
    /// <summary>Returns how many rows each statement touched. After a throw nothing of the batch happened, unless the connection broke at its commit.</summary>
    int[] Execute(IReadOnlyList<SqlStatement> statements);

    /// <summary>False when the connection broke and another one is needed.</summary>
    bool IsUsable { get; }
}

/// <summary>Somebody else writes to this store as this node.</summary>
internal sealed class StoreInUseException(string message) : Exception(message);
