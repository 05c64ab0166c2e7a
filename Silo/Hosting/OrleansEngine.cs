using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Webphone.Grains;
using Webphone.Grains.Nodes;
using Webphone.Silo.Edges;
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
        OrleansInterfaceNames.AddTo(builder.Services);
        if (options.Roles.HasFlag(NodeRoles.Grains)) builder.UseOrleans(silo => Compose(silo, options, database));
        else builder.UseOrleansClient(client => Compose(client, options, database));
    }

    private static void Compose(ISiloBuilder silo, WebphoneOptions options, string database)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        silo.Configure<SiloOptions>(names => names.SiloName = options.NodeName);
        MembershipFigures.Set(silo);
        var address = AddressOf(options);
        PortProbe.Check(address, options.SiloPort, ProtocolType.Tcp, SettingNames.SiloPort);
        PortProbe.Check(address, options.GatewayPort, ProtocolType.Tcp, SettingNames.GatewayPort);
        silo.ConfigureEndpoints(address, options.SiloPort, options.GatewayPort);
        silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, database));
        silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, database));
        silo.Services.AddGrainStorage(GrainServices.Storage, static (provider, _) => provider.GetRequiredService<DatabaseGrainStorage>());
        silo.Services.AddSingleton<IMembers, ClusterMembers>();
        silo.Services.AddSingleton<ICallKeys, NearCallKeys>();
        silo.Services.AddHostedService<MemberLosses>();
        NodePlacement.AddTo(silo);
        // The default directory forgets grains that live on with the silo that knew where they are, and so ends them; this one finds them again.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
    }

    private static void Compose(IClientBuilder client, WebphoneOptions options, string database)
    {
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        // New silos are found, and dead ones left, in seconds.
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        client.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, database));
        client.UseConnectionRetryFilter(async (_, stop) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return !stop.IsCancellationRequested;
        });
    }

    private static IPAddress AddressOf(WebphoneOptions options)
    {
        var address = options.NodeAddress ?? options.Bind[0];
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? throw new StartRefusedException($"--{SettingNames.NodeAddress} must be given, because --{SettingNames.Bind} is {address}: other nodes must find this one.", StartExitCode.BadSettings)
            : address;
    }
}
