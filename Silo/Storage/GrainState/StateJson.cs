using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webphone.Silo.Storage.GrainState;

/// <summary>
/// How state is written as JSON: enums by name, nulls left out. The version of a state's schema is its class's constant
/// <c>SchemaVersion</c> or <c>CurrentVersion</c>, 1 when it has none.
/// </summary>
internal static class StateJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly ConcurrentDictionary<Type, int> Versions = new();

    public static int VersionOf(Type state) => Versions.GetOrAdd(state, static type => Constant(type, "SchemaVersion") ?? Constant(type, "CurrentVersion") ?? 1);

    private static int? Constant(Type type, string name) => type.GetField(name, BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as int?;

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json, long storedVersion, string what)
    {
        if (storedVersion > VersionOf(typeof(T)))
            throw new InvalidDataException($"{what} has schema version {storedVersion}; this Webphone knows versions up to {VersionOf(typeof(T))}");
        return JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException($"{what} is empty");
    }
}
