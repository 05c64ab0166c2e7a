using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webphone.WebFrontend;

/// <summary>JSON as browsers get it: names and enums in camel case.</summary>
internal static class WebJson
{
    public static readonly JsonSerializerOptions Options = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = false;
        return options;
    }
}
