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
/// Before a node serves, it closes the calls that were on when it died: their history ends as interrupted, at the last time that their
/// node is known to have lived. Where other nodes live it leaves them alone: their grains come back there and know better (see
/// <see cref="Grains.Calls.LiveCallSweep"/>).
/// </summary>
internal sealed partial class CallRecovery(IDatabase database, GroupCommitWriter writer, OtherNodes others, ILogger<CallRecovery> logger)
{
    /// <summary>Returns how many calls were closed.</summary>
    public async Task<int> CloseInterrupted()
    {
        var calls = await Read();
        foreach (var call in calls)
        {
            await writer.Execute(CallRows.ToInterrupted(call.CallKey, call.Tenant, HistoryOf(call), call.Epoch, StoredTime.FromMicroseconds(call.AliveUs ?? 0)));
            LogInterrupted(call.CallKey);
        }

        return calls.Count;
    }

    private async Task<List<Row>> Read()
    {
        if (await others.AnyLive()) return [];
        await using var connection = await database.OpenRead();
        var rows = await connection.QueryAsync<Row>("""
            SELECT call_key AS CallKey, tenant AS Tenant, history AS History, epoch AS Epoch, alive_us AS AliveUs
            FROM live_call LEFT JOIN node ON node.name = live_call.node
            """);
        return rows.ToList();
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

    private sealed class Row
    {
        public string CallKey { get; init; } = "";
        public string Tenant { get; init; } = "";
        public string History { get; init; } = "";
        public long Epoch { get; init; }
        public long? AliveUs { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call {Call} was on when its node died: its history is closed as interrupted")]
    private partial void LogInterrupted(string call);

    [LoggerMessage(Level = LogLevel.Error, Message = "Call {Call} was on when its node died, and its history cannot be read")]
    private partial void LogUnreadable(string call, Exception error);
}
