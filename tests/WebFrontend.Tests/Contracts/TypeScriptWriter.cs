using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Tests.Contracts;

/// <summary>Writes the contracts between server and browser as TypeScript: records as types, enums as unions of texts, hub interfaces with their method names.</summary>
internal sealed class TypeScriptWriter
{
    private static readonly string[] ContractNamespaces = ["Webphone.WebFrontend.Hub.Contracts", "Webphone.WebFrontend.Api.Contracts"];
    private static readonly Type[] HubInterfaces = [typeof(IPhoneHub), typeof(IPhoneClient)];
    private static readonly Type[] Constants = [typeof(HubPaths), typeof(HubLimits)];

    private readonly NullabilityInfoContext _nullability = new();
    private readonly SortedDictionary<string, Type> _enums = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    public static string Write() => new TypeScriptWriter().WriteAll();

    private string WriteAll()
    {
        var records = typeof(IPhoneHub).Assembly.GetExportedTypes()
            .Where(type => ContractNamespaces.Contains(type.Namespace) && type is { IsClass: true, IsAbstract: false })
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();
        Line("// Generated from the C# contracts by tests/WebFrontend.Tests; not to be edited. `UPDATE_CONTRACTS=1 ./test WebFrontend.Tests` writes it anew.");
        Line();
        Line("/** A time in ISO 8601. */");
        Line("export type Instant = string;");
        foreach (var record in records)
            WriteRecord(record);
        foreach (var contract in HubInterfaces)
            WriteInterface(contract);
        foreach (var type in _enums.Values)
            WriteEnum(type);
        foreach (var type in Constants)
            WriteConstants(type);
        return _text.ToString();
    }

    private void WriteRecord(Type record)
    {
        Line();
        Line($"export type {record.Name} = {{");
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Line($"  readonly {Camel(property.Name)}: {TypeOf(property.PropertyType, _nullability.Create(property))};");
        Line("};");
    }

    private void WriteInterface(Type contract)
    {
        var name = contract.Name[1..];
        Line();
        Line($"export interface {name} {{");
        foreach (var method in contract.GetMethods())
        {
            var parameters = method.GetParameters().Select(parameter => $"{parameter.Name}: {TypeOf(parameter.ParameterType, _nullability.Create(parameter))}");
            var result = method.ReturnType.IsGenericType
                ? TypeOf(method.ReturnType.GetGenericArguments()[0], _nullability.Create(method.ReturnParameter).GenericTypeArguments[0])
                : "void";
            Line($"  {Camel(method.Name)}({string.Join(", ", parameters)}): {(contract == typeof(IPhoneClient) ? "void" : $"Promise<{result}>")};");
        }
        Line("}");
        Line();
        Line($"/** The names of the methods of {name} on the wire. */");
        Line($"export const {Camel(name)}Methods = {{");
        foreach (var method in contract.GetMethods())
            Line($"  {Camel(method.Name)}: '{method.Name}',");
        Line($"}} as const satisfies Record<keyof {name}, string>;");
    }

    private void WriteEnum(Type type)
    {
        Line();
        Line($"export type {type.Name} =");
        var names = Enum.GetNames(type);
        for (var i = 0; i < names.Length; i++)
            Line($"  | '{Camel(names[i])}'{(i == names.Length - 1 ? ";" : "")}");
    }

    private void WriteConstants(Type type)
    {
        Line();
        Line($"export const {Camel(type.Name)} = {{");
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var value = field.GetRawConstantValue();
            Line($"  {Camel(field.Name)}: {(value is string text ? $"'{text}'" : Convert.ToString(value, CultureInfo.InvariantCulture))},");
        }
        Line("} as const;");
    }

    private string TypeOf(Type type, NullabilityInfo nullability)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{TypeOf(value)} | null";
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return $"readonly {TypeOf(type.GetGenericArguments()[0])}[]";
        return nullability.ReadState == NullabilityState.Nullable ? $"{TypeOf(type)} | null" : TypeOf(type);
    }

    private string TypeOf(Type type)
    {
        if (type.IsEnum)
        {
            _enums.TryAdd(type.Name, type);
            return type.Name;
        }
        if (type == typeof(string))
            return "string";
        if (type == typeof(bool))
            return "boolean";
        if (type == typeof(int) || type == typeof(long) || type == typeof(double))
            return "number";
        if (type == typeof(DateTimeOffset))
            return "Instant";
        return ContractNamespaces.Contains(type.Namespace) ? type.Name : throw new NotSupportedException($"{type} has no TypeScript type.");
    }

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
