using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Webphone.Grains.Calls;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Storage.Calls;

/// <summary>The calls that are on, of this node and of the others.</summary>
internal static class LiveCallList
{
    /// <summary>Calls of a tenant, newest first. Those that this node had and another has taken over are the other's.</summary>
    public static async Task<ImmutableArray<CallRecord>> List(IDatabase database, ImmutableArray<CallRecord> own, string node, string tenant, int count)
    {
        try
        {
            await using var connection = await database.OpenRead();
            var rows = await connection.QueryAsync<Row>(
                "SELECT call_key AS CallKey, state AS State FROM live_call WHERE tenant = @tenant AND node <> @node AND schema_version = @version LIMIT @count",
                new { tenant, node, version = (long)CallState.SchemaVersion, count });
            var others = rows.Select(row => ToRecord(tenant, row)).ToDictionary(call => call.CallKey);
            return [.. own.Where(call => !others.ContainsKey(call.CallKey)).Concat(others.Values).OrderByDescending(call => call.State.StartedAt).Take(count)];
        }
        catch (DbException)
        {
            return own;
        }
    }

    private static CallRecord ToRecord(string tenant, Row row) => new(
        row.CallKey, tenant, CallState.SchemaVersion, StateJson.Read<CallState>(row.State, CallState.SchemaVersion, $"call {row.CallKey}"), [], Ended: false);

    private sealed record Row(string CallKey, string State);
}
