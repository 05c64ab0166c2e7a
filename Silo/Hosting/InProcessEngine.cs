using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Webphone.Grains;
using Webphone.Grains.Calls;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Hosting;

/// <summary>Composes the engine that runs the grains in this process. Compiled when Engine is InProcess.</summary>
internal static class Engine
{
    public static void AddEngine(this IHostApplicationBuilder builder, WebphoneOptions options)
    {
        builder.Services.AddInProcessGrains(typeof(GrainServices).Assembly, typeof(ICallGrain).Assembly);
        builder.Services.AddGrainStorage(GrainServices.Storage, static (provider, _) => provider.GetRequiredService<DatabaseGrainStorage>());
    }
}
