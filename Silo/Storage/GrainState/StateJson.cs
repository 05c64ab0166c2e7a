using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webphone.Silo.Storage.GrainState;

/// <summary>
/// How state is written as JSON: enums by name, nulls left out. The version of a state's schema is its class's constant
/// <c>SchemaVersion</c>, 1 when it has none.
/// </summary>
internal static class StateJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly ConcurrentDictionary<Type, int> Versions = new();

    public static int VersionOf(Type state) => Versions.GetOrAdd(
        state,
        static type => type.GetField("SchemaVersion", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as int? ?? 1);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json, long storedVersion, string what)
    {
        if (storedVersion > VersionOf(typeof(T)))
            throw new InvalidDataException($"{what} has schema version {storedVersion}; this Webphone knows versions up to {VersionOf(typeof(T))}");
        return JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException($"{what} is empty");
    }
}
