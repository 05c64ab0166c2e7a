using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.InProcess;
using Orleans.Reminders;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>Adds the in-process engine to a host. Grains may be called as soon as the services are built; reminders fire once the host has started.</summary>
public static class InProcessGrains
{
    /// <summary>Runs the grain classes of the assemblies in this process. May be called again to add assemblies.</summary>
    public static IServiceCollection AddInProcessGrains(this IServiceCollection services, params Assembly[] assemblies)
    {
        foreach (var assembly in assemblies)
            services.AddSingleton(new GrainAssembly(assembly));
        if (services.Any(service => service.ServiceType == typeof(Silo)))
            return services;

        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Dispatcher, ThreadPoolDispatcher>();
        services.TryAddSingleton<IReminderTable, MemoryReminderTable>();
        services.AddSingleton<GrainAssemblies>();
        services.AddSingleton(provider => new Silo(
            provider, provider.GetRequiredService<GrainAssemblies>(), provider.GetRequiredService<Dispatcher>(),
            provider.GetService<ProcessName>()?.Value ?? Guid.NewGuid().ToString("N")));
        services.AddSingleton(provider => provider.GetRequiredService<Silo>().Factory);
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<Silo>().Factory);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<Silo>().Factory);
        services.AddSingleton<IGrainRuntime>(provider => provider.GetRequiredService<Silo>().Factory);
        services.AddSingleton<ITimerRegistry>(provider => provider.GetRequiredService<Silo>().Factory.TimerRegistry);
        services.AddSingleton<IReminderRegistry>(provider => provider.GetRequiredService<Silo>().Reminders);
        services.AddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.AddHostedService<SiloHost>();
        return services;
    }

    /// <summary>Grain storage that ends with the process.</summary>
    public static IServiceCollection AddMemoryGrainStorage(this IServiceCollection services, string name) =>
        services.AddGrainStorage(name, static (provider, _) => new MemoryGrainStorage(provider.GetRequiredService<IGrainFactory>));

    /// <summary>Grain storage of that name, for the states that ask for it.</summary>
    public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage =>
        collection.AddKeyedSingleton<IGrainStorage>(name, (provider, key) => implementationFactory(provider, (string)key!));

    public static IServiceCollection AddIncomingGrainCallFilter<TImplementation>(this IServiceCollection services)
        where TImplementation : class, IIncomingGrainCallFilter => services.AddSingleton<IIncomingGrainCallFilter, TImplementation>();

    public static IServiceCollection AddOutgoingGrainCallFilter<TImplementation>(this IServiceCollection services)
        where TImplementation : class, IOutgoingGrainCallFilter => services.AddSingleton<IOutgoingGrainCallFilter, TImplementation>();

    private sealed class GrainContextAccessor : IGrainContextAccessor
    {
        public IGrainContext GrainContext => RuntimeContext.Current!;
    }

    private sealed class SiloHost(Silo silo) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => silo.Start(cancellationToken);
        public Task StopAsync(CancellationToken cancellationToken) => silo.Stop(cancellationToken);
    }
}

internal sealed record GrainAssembly(Assembly Assembly);

internal sealed class GrainAssemblies(IEnumerable<GrainAssembly> assemblies)
{
    public IEnumerable<Assembly> All { get; } = [.. assemblies.Select(one => one.Assembly)];
}

/// <summary>What tells this process's observers from another's; chosen at random unless given.</summary>
internal sealed record ProcessName(string Value);
