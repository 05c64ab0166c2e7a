using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>
/// Checks what the in-process engine takes on trust. It passes arguments and results by reference and copies nothing, so both sides may
/// hold the same object; that is only the same as a cluster's copying if nobody can change it. A message may therefore be: a primitive,
/// string, enum or other immutable value of the framework; an immutable or read-only collection, tuple or nullable of messages; a
/// reference to a grain or observer; a cancellation token; or a [GenerateSerializer] type, whose members are read-only or
/// init-only, carry an [Id] unless they are parameters of the primary constructor, and are messages themselves. (An array is let pass:
/// whoever sends one leaves it alone.)
/// </summary>
public static class GrainContracts
{
    private static readonly HashSet<Type> Values =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Uri),
        typeof(Version), typeof(CancellationToken), typeof(GrainId), typeof(TickStatus), typeof(System.Net.IPAddress), typeof(System.Net.IPEndPoint),
    ];

    private static readonly HashSet<string> Collections =
    [
        "System.Nullable`1", "System.Collections.Generic.IReadOnlyList`1", "System.Collections.Generic.IReadOnlyCollection`1",
        "System.Collections.Generic.IReadOnlyDictionary`2", "System.Collections.Generic.IReadOnlySet`1", "System.Collections.Generic.KeyValuePair`2", "System.ReadOnlyMemory`1",
    ];

    /// <summary>What is wrong with the grain and observer interfaces of the assembly; one line each, empty if all is well.</summary>
    public static IReadOnlyList<string> Violations(Assembly contracts)
    {
        var violations = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<Type>();
        foreach (var contract in contracts.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))))
        {
            foreach (var method in contract.GetMethods())
            {
                var where = $"{contract.Name}.{method.Name}";
                foreach (var parameter in method.GetParameters())
                    Check(parameter.ParameterType, $"{where}({parameter.Name})", seen, violations);
                if (Result(method.ReturnType) is { } result)
                    Check(result, $"{where} result", seen, violations);
            }
        }

        return [.. violations];
    }

    private static Type? Result(Type returned)
    {
        if (returned == typeof(void) || returned == typeof(Task) || returned == typeof(ValueTask))
            return null;
        return returned.IsGenericType ? returned.GetGenericArguments()[0] : returned;
    }

    private static void Check(Type type, string where, HashSet<Type> seen, SortedSet<string> violations)
    {
        if (type.IsPrimitive || type.IsEnum || Values.Contains(type) || type.IsAssignableTo(typeof(IAddressable)) || type.IsGenericParameter || !seen.Add(type))
            return;
        if (type.IsArray)
        {
            Check(type.GetElementType()!, where, seen, violations);
        }
        else if (type.IsGenericType && IsReadOnlyCollection(type.GetGenericTypeDefinition()))
        {
            foreach (var argument in type.GetGenericArguments())
                Check(argument, where, seen, violations);
        }
        else if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            violations.Add($"{where}: {type} is no [GenerateSerializer] message, immutable collection or reference.");
        }
        else
        {
            CheckMembers(type, seen, violations);
        }
    }

    private static bool IsReadOnlyCollection(Type definition) =>
        Collections.Contains(definition.FullName!) || definition.Namespace is "System.Collections.Immutable" or "System.Collections.Frozen"
        || definition.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) || definition == typeof(Concurrency.Immutable<>);

    private static void CheckMembers(Type type, HashSet<Type> seen, SortedSet<string> violations)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var ids = new HashSet<uint>();
        foreach (var field in type.GetFields(Own))
        {
            var property = field.Name.StartsWith('<') ? type.GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)], Own) : null;
            var where = $"{type.Name}.{property?.Name ?? field.Name}";
            if (!field.IsInitOnly && !IsInitOnly(property))
                violations.Add($"{where} can be changed after it was sent.");
            var id = ((MemberInfo?)property ?? field).GetCustomAttribute<IdAttribute>() ?? field.GetCustomAttribute<IdAttribute>();
            if (id is null && !IsParameter(type, property))
                violations.Add($"{where} has no [Id].");
            else if (id is not null && !ids.Add(id.Id))
                violations.Add($"{where} has the [Id] of another member.");
            Check(field.FieldType, where, seen, violations);
        }

        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Exception))
            Check(parent, type.Name, seen, violations);
        foreach (var derived in type.Assembly.GetTypes().Where(candidate => candidate.BaseType == type))
            Check(derived, type.Name, seen, violations);
    }

    /// <summary>The primary constructor of an abstract record is protected.</summary>
    private static bool IsParameter(Type type, PropertyInfo? property) =>
        property is not null && type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(constructor => constructor.GetParameters().Any(parameter => parameter.Name == property.Name));

    private static bool IsInitOnly(PropertyInfo? property) =>
        property is not null
        && (property.SetMethod is null || property.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)));
}
