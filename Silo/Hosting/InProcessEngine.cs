using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Webphone.Grains;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Hosting;

/// <summary>Composes the engine that runs the grains in this process. Compiled when Engine is InProcess.</summary>
internal static class Engine
{
    public static void AddEngine(this IHostApplicationBuilder builder, WebphoneOptions options)
    {
        if (options.Roles != NodeRoles.All)
            throw new StartRefusedException($"--{SettingNames.Roles} must be left out: this build does everything in one process. The build for a cluster divides it.", StartExitCode.BadSettings);
        builder.Services.AddInProcessGrains(typeof(GrainServices).Assembly, typeof(ICallGrain).Assembly);
        // Commands to this node's own edge and media take a lock for a moment and do not block; a thread that is in a shard's turn leaves them to another.
        builder.Services.Configure<ObserverOptions>(static options =>
        {
            options.MayRunInline[typeof(IEdge)] = static () => !SipShard.IsInTurn;
            options.MayRunInline[typeof(IMediaNode)] = static () => !SipShard.IsInTurn;
        });
        builder.Services.AddSingleton<IReminderTable, DatabaseReminderTable>();
        builder.Services.AddGrainStorage(GrainServices.Storage, static (provider, _) => provider.GetRequiredService<DatabaseGrainStorage>());
    }
}
