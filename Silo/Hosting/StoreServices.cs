using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Silo.MediaNode.Recordings;
using Webphone.Silo.Provisioning;
using Webphone.Silo.Settings;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.Storage.Calls;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Nodes;
using Webphone.Silo.Storage.Recordings;
using Webphone.Silo.Storage.Subscriptions;

namespace Webphone.Silo.Hosting;

/// <summary>The store, the journal, the directory and their parts.</summary>
internal static class StoreServices
{
    public static void AddStore(this IServiceCollection services, WebphoneOptions options)
    {
        services.AddSingleton<SiloMetrics>();
        services.AddSingleton(_ => OpenDatabase(options));
        services.AddSingleton(provider => new GroupCommitWriter(
            provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<ILogger<GroupCommitWriter>>()));
        services.AddSingleton(provider => new NodeHeartbeat(
            provider.GetRequiredService<GroupCommitWriter>(),
            options.NodeName,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NodeHeartbeat>>()));
        services.AddSingleton<OtherNodes>();
        services.AddSingleton<StoreHealth>();
        services.AddSingleton<CallRecovery>();
        services.AddSingleton<CallJournal>();
        services.AddSingleton<ICallJournal>(provider => provider.GetRequiredService<CallJournal>());
        services.AddSingleton<IHistoryStore, HistoryStore>();
        services.AddSingleton<RecordingStore>();
        services.AddSingleton<IRecordingStore>(provider => provider.GetRequiredService<RecordingStore>());
        services.AddSingleton(provider => new RecordingRetention(
            options.NodeName,
            options.RecordingFolder,
            provider.GetRequiredService<IDirectory>(),
            provider.GetRequiredService<RecordingStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RecordingRetention>>()));
        services.AddSingleton<DatabaseGrainStorage>();
        services.AddSingleton<StoredBindings>();
        services.AddSingleton(provider => new SubscriptionStore(
            provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<GroupCommitWriter>(),
            options.NodeName,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SubscriptionStore>>()));
        services.AddSingleton<ISubscriptionStore>(provider => provider.GetRequiredService<SubscriptionStore>());
        services.AddSingleton<IMailboxCounts, NoMailboxes>();
        services.AddSingleton<ProvisionedDirectory>();
        services.AddSingleton<IDirectory>(provider => provider.GetRequiredService<ProvisionedDirectory>());
        services.AddSingleton<DirectoryStore>();
        services.AddSingleton<Provisioner>();
    }

    public static IDatabase OpenDatabase(WebphoneOptions options) =>
        options.Postgres is { } connection ? new PostgresDatabase(connection, options.NodeName) : new SqliteDatabase(options.DataFolder);
}
