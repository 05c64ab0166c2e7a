using System.Buffers;

namespace Webphone.Grains.Browsers;

/// <summary>The key of a browser session's grain, and how its device is written in a binding.</summary>
public static class SessionKey
{
    private const string FlowPrefix = "web/";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(string userKey, string session) => $"{userKey}/{session}";

    /// <summary>The user's key, which is <c>tenant/extension</c>, and the session.</summary>
    public static (string UserKey, string Session) Split(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash > 0 && slash < key.Length - 1
            ? (key[..slash], key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is not tenant/extension/session.", nameof(key));
    }

    /// <summary>The flow of the session's binding.</summary>
    public static string FlowOf(string session) => FlowPrefix + session;

    /// <summary>The session of a binding's flow; null when it is no browser's.</summary>
    public static string? OfFlow(string flow) => flow.StartsWith(FlowPrefix, StringComparison.Ordinal) ? flow[FlowPrefix.Length..] : null;

    /// <summary>The id of the session's binding.</summary>
    public static string DeviceOf(string session) => "web-" + session;

    /// <summary>Whether a client may name a session, a tab or a leg so: 32 hexadecimal digits in lower case.</summary>
    public static bool IsId(string? id) => id is { Length: 32 } && !id.AsSpan().ContainsAnyExcept(HexDigits);
}
