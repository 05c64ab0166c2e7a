using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Silo.Storage.Calls;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Nodes;

namespace Webphone.Silo.Tests.Storage;

/// <summary>All parts of a store over one database, as a node has them.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly SiloMetrics _metrics = new();

    private OpenStore(IDatabase database, string node)
    {
        Database = database;
        Writer = new GroupCommitWriter(database, NullLogger.Instance);
        Heartbeat = new NodeHeartbeat(Writer, node, TimeProvider.System, NullLogger<NodeHeartbeat>.Instance);
        Journal = new CallJournal(database, Writer, Heartbeat, _metrics, TimeProvider.System, NullLogger<CallJournal>.Instance);
        History = new HistoryStore(database, Journal);
        Recovery = new CallRecovery(database, Writer, new OtherNodes(database, Heartbeat, TimeProvider.System), NullLogger<CallRecovery>.Instance);
        States = new DatabaseGrainStorage(database, Writer);
        Reminders = new DatabaseReminderTable(database, Writer);
    }

    public IDatabase Database { get; }

    public GroupCommitWriter Writer { get; }

    public NodeHeartbeat Heartbeat { get; }

    public CallJournal Journal { get; }

    public HistoryStore History { get; }

    public CallRecovery Recovery { get; }

    public DatabaseGrainStorage States { get; }

    public DatabaseReminderTable Reminders { get; }

    public static async Task<OpenStore> Open(IDatabase database, string node = "node1")
    {
        await SchemaMigrator.Migrate(database);
        var store = new OpenStore(database, node);
        store.Writer.Start();
        store.Journal.Start();
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await Heartbeat.DisposeAsync();
        await Writer.DisposeAsync();
        await Database.DisposeAsync();
        _metrics.Dispose();
    }
}
