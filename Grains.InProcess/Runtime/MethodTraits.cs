using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.InProcess;

/// <summary>What the attributes of one interface method say about its calls.</summary>
internal sealed class MethodTraits
{
    /// <summary>A timer's tick, which is no call of an interface method.</summary>
    public static readonly MethodTraits Tick = new(null, null) { IsOneWay = true, IsLocal = true };

    public static readonly MethodTraits InterleavingTick = new(null, null) { IsOneWay = true, IsLocal = true, AlwaysInterleaves = true };

    public MethodTraits(Type? interfaceType, MethodInfo? method)
    {
        InterfaceType = interfaceType;
        Method = method;
        Name = method is null ? "timer tick" : $"{interfaceType!.Name}.{method.Name}";
        if (method is null)
            return;
        IsOneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
    }

    public Type? InterfaceType { get; }
    public MethodInfo? Method { get; }
    public string Name { get; }
    public bool IsOneWay { get; private init; }
    public bool IsReadOnly { get; }
    public bool AlwaysInterleaves { get; private init; }
    public TimeSpan? ResponseTimeout { get; }

    /// <summary>It belongs to one activation and is never handed to the next.</summary>
    public bool IsLocal { get; private init; }
}
