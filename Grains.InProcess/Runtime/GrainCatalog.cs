using System.Collections.Frozen;
using System.Reflection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>The grain classes of the given assemblies, by interface and by the first half of their ids. Refuses at start what could only fail later.</summary>
internal sealed class GrainCatalog
{
    private static readonly HashSet<Type> Markers =
    [
        typeof(IGrain), typeof(IGrainWithStringKey), typeof(IGrainWithIntegerKey), typeof(IGrainWithGuidKey), typeof(IGrainWithIntegerCompoundKey),
        typeof(IGrainWithGuidCompoundKey), typeof(IRemindable),
    ];

    private readonly FrozenDictionary<Type, GrainClass[]> _byInterface;
    private readonly FrozenDictionary<string, GrainClass> _byName;

    public GrainCatalog(IEnumerable<Assembly> assemblies, GrainCollectionOptions collection)
    {
        var classes = assemblies.Distinct().SelectMany(assembly => assembly.GetTypes()).Where(IsGrainClass)
            .Select(type => new GrainClass(type, collection)).ToArray();
        foreach (var group in classes.GroupBy(known => known.Name).Where(group => group.Count() > 1))
        {
            throw new OrleansConfigurationException(
                $"Grain classes {string.Join(", ", group.Select(known => known.Type))} share the grain type '{group.Key}'; give one a [GrainType].");
        }

        _byName = classes.ToFrozenDictionary(known => known.Name);
        _byInterface = classes.SelectMany(known => known.Interfaces, (known, contract) => (known, contract)).GroupBy(pair => pair.contract)
            .ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.known).ToArray());
        foreach (var contract in _byInterface.Keys)
            Proxies.Maker(contract);
    }

    public static bool IsGrainInterface(Type type) => type.IsInterface && type.IsAssignableTo(typeof(IGrain)) && !Markers.Contains(type);

    public GrainClass? ByName(string name) => _byName.GetValueOrDefault(name);

    public GrainClass ByInterface(Type contract, string? classPrefix)
    {
        if (!_byInterface.TryGetValue(contract, out var classes))
            throw new ArgumentException($"No grain class implements {contract}.");
        if (classPrefix is not null)
            classes = [.. classes.Where(known => known.Type.FullName!.StartsWith(classPrefix, StringComparison.Ordinal))];
        // Of several, the one that has the interface's name.
        if (classes.Length > 1 && Array.Find(classes, known => contract.Name == "I" + known.Type.Name) is { } namesake)
            return namesake;
        return classes.Length == 1
            ? classes[0]
            : throw new ArgumentException(
                $"{classes.Length} grain classes implement {contract}; name one by its prefix: {string.Join(", ", classes.Select(known => known.Type))}");
    }

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && type.IsAssignableTo(typeof(IGrain)) && !type.IsAssignableTo(typeof(GrainReference)) && type.GetInterfaces().Any(IsGrainInterface);
}
