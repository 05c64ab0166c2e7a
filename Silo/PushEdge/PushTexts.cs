using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Webphone.Grains.Calls;
using Webphone.Net.WebPush;

namespace Webphone.Silo.PushEdge;

/// <summary>What is pushed, as the service worker of the app reads it.</summary>
internal static class PushTexts
{
    private const int TopicLength = 32;
    private const int LongestName = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static byte[] Ring(LegId leg, Party caller) => Write(new Message("ring", leg.Value, CallerOf(caller), Missed: false));

    /// <summary>It rings no more. A call that was missed stays on the screen as such.</summary>
    public static byte[] End(LegId leg, Party caller, bool missed) => Write(new Message("end", leg.Value, CallerOf(caller), missed));

    /// <summary>The same for all that is pushed of a leg, so that its end takes the place of a ring that was not delivered yet.</summary>
    public static string Topic(LegId leg) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(leg.Value)))[..TopicLength];

    private static byte[] Write(Message message)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(message, Json);
        return text.Length <= PushEncryption.LongestMessage ? text : JsonSerializer.SerializeToUtf8Bytes(message with { Caller = new Caller("", "") }, Json);
    }

    private static Caller CallerOf(Party party) => new(Short(party.Name), Short(party.Number));

    private static string Short(string text) => text.Length <= LongestName ? text : text[..LongestName];

    private sealed record Message(string Kind, string Leg, Caller Caller, bool Missed);

    private sealed record Caller(string Name, string Number);
}
