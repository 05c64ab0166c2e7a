using System.Text;
using Webphone.Sip.EventPackages;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>The event packages that are served.</summary>
internal enum LampPackage : byte
{
    Dialog,
    Presence,
    MessageSummary,
}

internal static class LampPackages
{
    /// <summary>The value of Allow-Events.</summary>
    public const string Allowed = "dialog, presence, message-summary";

    private static readonly byte[] DialogInfoType = DialogInfo.ContentType.ToArray();
    private static readonly byte[] PidfType = Pidf.ContentType.ToArray();
    private static readonly byte[] SummaryType = MessageSummary.ContentType.ToArray();

    public static bool TryParse(ReadOnlySpan<byte> eventValue, out LampPackage package)
    {
        package = default;
        if (!TokenValue.TryParse(eventValue, out var parsed, out _))
            return false;
        if (parsed.Is("dialog"u8))
            package = LampPackage.Dialog;
        else if (parsed.Is("presence"u8))
            package = LampPackage.Presence;
        else if (parsed.Is("message-summary"u8))
            package = LampPackage.MessageSummary;
        else
            return false;
        return true;
    }

    public static byte[] ContentType(this LampPackage package) => package switch
    {
        LampPackage.Dialog => DialogInfoType,
        LampPackage.Presence => PidfType,
        _ => SummaryType,
    };

    /// <summary>Whether the subscriber takes the type; one that says nothing takes the package's own (RFC 6665 §3.1.3).</summary>
    public static bool Accepts(SipMessage subscribe, ReadOnlySpan<byte> contentType)
    {
        if (!MediaType.TryParse(contentType, out var type, out _))
            return false;
        foreach (var value in subscribe.Headers(HeaderName.Accept))
        {
            if (!MediaType.TryParse(value, out var range, out _))
                continue;
            if (range.Is("*"u8, "*"u8) || range.Is(type.Type, "*"u8) || range.Is(type.Type, type.Subtype))
                return true;
        }
        return !subscribe.Has(HeaderName.Accept);
    }

    /// <summary>The address that a document is about.</summary>
    public static string EntityOf(string name, string domain) => $"sip:{UriEscaping.EncodeUser(name)}@{domain}";
}
