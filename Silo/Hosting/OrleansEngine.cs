using System.Net;
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
/// Composes Orleans: membership and reminders by its providers in PostgreSQL (<see cref="Storage.Databases.OrleansTables"/>), grain state
/// in our own rows there. Compiled when Engine is Orleans.
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
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
            silo.Configure<SiloOptions>(names => names.SiloName = options.NodeName);
            silo.Configure<ClusterMembershipOptions>(NoticeDeath);
            silo.ConfigureEndpoints(AddressOf(options), options.SiloPort, options.GatewayPort);
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, database));
#pragma warning disable ORLEANSEXP003
            silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, database));
            silo.Services.AddGrainStorage(GrainServices.Storage, static (provider, _) => provider.GetRequiredService<DatabaseGrainStorage>());
        });
    }

    /// <summary>A dead silo is noticed within 5 s; why by these figures is in docs/decisions/0007.</summary>
    private static void NoticeDeath(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 3;
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    }

    private static IPAddress AddressOf(WebphoneOptions options)
    {
        var address = options.NodeAddress ?? options.Bind[0];
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? throw new StartRefusedException($"--{SettingNames.NodeAddress} must be given, because --{SettingNames.Bind} is {address}: other nodes must find this one.", StartExitCode.BadSettings)
            : address;
    }
}
