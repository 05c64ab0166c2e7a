using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;
using Webphone.Grains.Calls;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Our grain interfaces by name, as Orleans would name them too: it reads a type's attributes and formats its name each time that a
/// reference is made, which took 4 % of the processor time of a call. Compiled when Engine is Orleans.
/// </summary>
internal sealed class OrleansInterfaceNames : IGrainInterfaceTypeProvider
{
    private readonly Dictionary<Type, GrainInterfaceType> _names = typeof(ICallGrain).Assembly.GetExportedTypes()
        .Where(type => type is { IsInterface: true, IsGenericType: false } && type.IsAssignableTo(typeof(IAddressable)) && !type.GetCustomAttributes().Any(attribute => attribute is IGrainInterfaceTypeProviderAttribute))
        .ToDictionary(type => type, type => GrainInterfaceType.Create(type.FullName!));

    public bool TryGetGrainInterfaceType(Type type, out GrainInterfaceType grainInterfaceType) => _names.TryGetValue(type, out grainInterfaceType);

    /// <summary>Before Orleans' own provider, since the first that knows an interface is taken.</summary>
    public static void AddTo(IServiceCollection services) => services.Insert(0, ServiceDescriptor.Singleton<IGrainInterfaceTypeProvider, OrleansInterfaceNames>());
}
