using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging;
using Webphone.Grains.History;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Nodes;

namespace Webphone.Silo.Storage.Calls;

/// <summary>
/// Before a node serves, it closes the calls that it had when it died: their history ends as interrupted, at the last time that the
/// node is known to have lived.
/// </summary>
internal sealed partial class CallRecovery(IDatabase database, GroupCommitWriter writer, NodeHeartbeat heartbeat, ILogger<CallRecovery> logger)
{
    /// <summary>Returns how many calls were closed.</summary>
    public async Task<int> CloseInterrupted()
    {
        var (calls, lastAlive) = await Read();
        foreach (var call in calls)
        {
            await writer.Execute(CallRows.ToInterrupted(call.CallKey, call.Tenant, HistoryOf(call), lastAlive));
            LogInterrupted(call.CallKey);
        }

        return calls.Count;
    }

    private async Task<(List<Row> Calls, DateTimeOffset LastAlive)> Read()
    {
        await using var connection = await database.OpenRead();
        var alive = await connection.ExecuteScalarAsync<long?>("SELECT alive_us FROM node WHERE name = @node", new { node = heartbeat.Node });
        var rows = await connection.QueryAsync<Row>(
            "SELECT call_key AS CallKey, tenant AS Tenant, history AS History FROM live_call WHERE node = @node", new { node = heartbeat.Node });
        return (rows.ToList(), StoredTime.FromMicroseconds(alive ?? 0));
    }

    private ImmutableArray<HistoryEntry> HistoryOf(Row call)
    {
        try
        {
            return StateJson.Read<ImmutableArray<HistoryEntry>>(call.History, 1, $"history of call {call.CallKey}");
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            LogUnreadable(call.CallKey, error);
            return [];
        }
    }

    private sealed record Row(string CallKey, string Tenant, string History);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call {Call} was on when this node died: its history is closed as interrupted")]
    private partial void LogInterrupted(string call);

    [LoggerMessage(Level = LogLevel.Error, Message = "Call {Call} was on when this node died, and its history cannot be read")]
    private partial void LogUnreadable(string call, Exception error);
}
