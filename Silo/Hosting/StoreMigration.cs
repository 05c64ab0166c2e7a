using System.Data.Common;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Hosting;

/// <summary>Brings the store to this version's schema and ends: for those who upgrade before they start the new version.</summary>
internal static class StoreMigration
{
    public static async Task Run(WebphoneOptions options, TextWriter output)
    {
        await using var database = StoreServices.OpenDatabase(options);
        try
        {
            await SchemaMigrator.Migrate(database);
        }
        catch (Exception error) when (error is NewerSchemaException or DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{database.Description}: {error.Message}", StartExitCode.Unavailable, error);
        }

        await output.WriteLineAsync($"{database.Description} has schema version {Schema.VersionsOf(database.IsShared).Length}.");
    }
}
