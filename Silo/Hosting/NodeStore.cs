using System.Data.Common;
using Webphone.Silo.Provisioning;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.Calls;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.Nodes;

namespace Webphone.Silo.Hosting;

/// <summary>Opens the store and closes it: migration, recovery from a crash, the writers, and the directory.</summary>
internal sealed class NodeStore(
    IDatabase database, GroupCommitWriter writer, CallRecovery recovery, NodeHeartbeat heartbeat, CallJournal journal, Provisioner provisioner)
{
    public string Description => database.Description;

    /// <exception cref="StartRefusedException">The store is away or in use, or the provisioning file is wrong.</exception>
    public async Task Open()
    {
        try
        {
            writer.Start();
            await SchemaMigrator.Migrate(database);
            // Before the first heartbeat, which overwrites when the node lived last.
            await recovery.CloseInterrupted();
            heartbeat.Start();
            journal.Start(isAlone: !database.IsShared);
        }
        catch (Exception error) when (error is StoreInUseException or NewerSchemaException or DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{database.Description}: {error.Message}", StartExitCode.Unavailable, error);
        }

        await provisioner.ApplyAtStart();
    }

    public async Task Close()
    {
        await journal.DisposeAsync();
        await heartbeat.DisposeAsync();
        await writer.DisposeAsync();
        await database.DisposeAsync();
    }
}
