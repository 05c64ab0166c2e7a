using Dapper;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.Nodes;

/// <summary>The other nodes that use this store, by their heartbeats.</summary>
internal sealed class OtherNodes(IDatabase database, NodeHeartbeat heartbeat, TimeProvider time)
{
    /// <summary>The earliest heartbeat of a node that lives, as the store has it.</summary>
    public long LiveSince => StoredTime.ToMicroseconds(time.GetUtcNow() - NodeHeartbeat.DeadAfter);

    /// <summary>Whether any other node lives.</summary>
    public async Task<bool> AnyLive()
    {
        if (!database.IsShared) return false;
        await using var connection = await database.OpenRead();
        var live = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM node WHERE name <> @node AND alive_us > @since", new { node = heartbeat.Node, since = LiveSince });
        return live > 0;
    }
}
