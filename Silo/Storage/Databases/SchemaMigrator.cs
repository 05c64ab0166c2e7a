using System.Collections.Immutable;
using System.Data.Common;
using Dapper;

namespace Webphone.Silo.Storage.Databases;

/// <summary>Brings a store to the newest schema. Safe to run twice, and by several processes at once.</summary>
internal static class SchemaMigrator
{
    public static async Task Migrate(IDatabase database, CancellationToken cancellation = default) =>
        await database.Exclusively((connection, transaction) => Migrate(connection, transaction, Schema.VersionsOf(database.IsShared)), cancellation);

    internal static async Task Migrate(DbConnection connection, DbTransaction transaction, ImmutableArray<string> versions)
    {
        await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)", transaction: transaction);
        var stored = await connection.ExecuteScalarAsync<long>("SELECT COALESCE(MAX(version), 0) FROM schema_version", transaction: transaction);
        if (stored > versions.Length) throw new NewerSchemaException(stored, versions.Length);
        for (var version = stored + 1; version <= versions.Length; version++)
        {
            await connection.ExecuteAsync(versions[(int)version - 1], transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO schema_version (version) VALUES (@version)", new { version }, transaction);
        }
    }
}

/// <summary>The store was written by a newer Webphone, whose data this one could spoil.</summary>
internal sealed class NewerSchemaException(long stored, int known)
    : Exception($"the store has schema version {stored}, written by a newer Webphone; this one knows versions up to {known}");
