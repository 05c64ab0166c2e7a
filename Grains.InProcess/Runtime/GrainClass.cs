using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.InProcess;

/// <summary>What the engine knows of one grain class: how to make its instances, and what its attributes ask for.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInvoker? _constructor;
    private readonly Func<Activation, object?>[] _arguments = [];
    private readonly bool _isReentrant;
    private readonly Func<bool>? _mayRunInline;
    private readonly Func<IInvokable, bool>? _mayInterleave;

    /// <summary>Observers of an interface: objects that already are, and never idle out.</summary>
    public GrainClass(Type observerInterface, Func<bool>? mayRunInline)
    {
        _mayRunInline = mayRunInline;
        Type = observerInterface;
        Name = ObserverTable.TypeName;
        GrainType = GrainType.Create(Name);
        Interfaces = [observerInterface];
        AgeLimit = int.MaxValue;
    }

    public GrainClass(Type type, GrainCollectionOptions collection)
    {
        Type = type;
        Name = type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? DefaultName(type);
        GrainType = GrainType.Create(Name);
        Interfaces = [.. type.GetInterfaces().Where(GrainCatalog.IsGrainInterface).OrderByDescending(contract => contract.GetInterfaces().Length)];
        _isReentrant = type.IsDefined(typeof(ReentrantAttribute));
        _mayInterleave = type.GetCustomAttribute<MayInterleaveAttribute>() is { } attribute ? Predicate(type, attribute.CallbackMethodName) : null;
        MaxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocalWorkers ?? 0;
        AgeLimit = Age(type, collection);

        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).FirstOrDefault()
            ?? throw new OrleansConfigurationException($"{type} has no public constructor.");
        _constructor = ConstructorInvoker.Create(constructor);
        _arguments = [.. constructor.GetParameters().Select(Argument)];
    }

    public Type Type { get; }
    public string Name { get; }
    public GrainType GrainType { get; }
    public Type[] Interfaces { get; }

    /// <summary>Activations that one id may have at once; 0 for a grain that is no stateless worker.</summary>
    public int MaxWorkers { get; }

    /// <summary>In epochs of the collector.</summary>
    public int AgeLimit { get; }

    public bool IsObserver => _constructor is null;

    /// <summary>Whether a caller's thread may run its turns. An observer's code is not a grain's, and may hold locks or block: it runs there only if the host said so.</summary>
    public bool MayRunInline => _constructor is not null || (_mayRunInline is not null && _mayRunInline());

    public bool MayInterleave(Request request) => _isReentrant || (_mayInterleave is not null && _mayInterleave(request));

    public object Create(Activation activation) => _constructor!.Invoke([.. _arguments.Select(argument => argument(activation))]);

    private static Func<Activation, object?> Argument(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
                throw new OrleansConfigurationException($"{parameter.Member.DeclaringType}: [PersistentState] parameter {parameter.Name} must be an IPersistentState<T>.");
            var made = ConstructorInvoker.Create(typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments()).GetConstructors()[0]);
            return activation => made.Invoke(activation, state.StateName, state.StorageName);
        }

        if (type == typeof(IGrainContext))
            return activation => activation;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
            return activation => activation.ActivationServices.GetRequiredKeyedService(type, keyed.Key);
        if (parameter.HasDefaultValue)
            return activation => activation.ActivationServices.GetService(type) ?? parameter.DefaultValue;
        return activation => activation.ActivationServices.GetRequiredService(type);
    }

    private static int Age(Type type, GrainCollectionOptions collection)
    {
        if (collection.ClassSpecificCollectionAge.TryGetValue(type.FullName!, out var age))
            return Epochs(age, collection);
        var limit = type.GetCustomAttribute<CollectionAgeLimitAttribute>();
        if (type.IsDefined(typeof(KeepAliveAttribute)) || limit is { AlwaysActive: true })
            return int.MaxValue;
        return Epochs(limit?.AgeLimit ?? collection.CollectionAge, collection);
    }

    private static int Epochs(TimeSpan age, GrainCollectionOptions collection) =>
        (int)Math.Min(int.MaxValue / 2, Math.Ceiling(age / collection.CollectionQuantum));

    private static string DefaultName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name;
    }

    private static Func<IInvokable, bool> Predicate(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(IInvokable)])?.CreateDelegate<Func<IInvokable, bool>>()
        ?? throw new OrleansConfigurationException($"{type}: [MayInterleave] names no static method bool {name}(IInvokable).");
}
