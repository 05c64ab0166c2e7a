using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Webphone.Grains;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Composes Orleans: clustering and reminders by its own tables in PostgreSQL, grain state in ours. Compiled when Engine is Orleans.
/// </summary>
internal static class Engine
{
    private const string Invariant = "Npgsql";

    public static void AddEngine(this IHostApplicationBuilder builder, WebphoneOptions options)
    {
        var database = options.Postgres
            ?? throw new StartRefusedException($"--{SettingNames.Postgres} must be given: this build is for a cluster.", StartExitCode.BadSettings);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("webphone", "webphone"));
            silo.Configure<SiloOptions>(names => names.SiloName = options.NodeName);
            silo.ConfigureEndpoints(options.AdvertisedAddress ?? options.Bind[0], EndpointOptions.DEFAULT_SILO_PORT, EndpointOptions.DEFAULT_GATEWAY_PORT);
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, database));
            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, database));
            silo.Services.AddGrainStorage(GrainServices.Storage, static (provider, _) => provider.GetRequiredService<DatabaseGrainStorage>());
        });
    }
}
