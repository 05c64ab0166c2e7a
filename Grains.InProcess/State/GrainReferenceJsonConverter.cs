using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.InProcess;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Writes references to grains and observers as their grain ids. A reference to an observer of an ended process reads as one whose calls fail.</summary>
public sealed class GrainReferenceJsonConverter(Func<IGrainFactory> factory) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsInterface && typeToConvert.IsAssignableTo(typeof(IAddressable));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert), factory)!;

    private sealed class Converter<TReference>(Func<IGrainFactory> factory) : JsonConverter<TReference> where TReference : IAddressable
    {
        public override TReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            factory().GetGrain<TReference>(GrainId.Parse(reader.GetString() ?? ""));

        public override void Write(Utf8JsonWriter writer, TReference value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.GetGrainId().ToString());

        public override TReference ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Read(ref reader, typeToConvert, options);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, TReference value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.GetGrainId().ToString());
    }
}
