namespace Webphone.Sip.EventPackages;

/// <summary>What someone is doing, of what RFC 4480 can say and phones show.</summary>
public enum PresenceActivity : byte
{
    None,
    OnThePhone,
    Busy,
    Away,
    Meal,
    Meeting,
    Vacation,
}

/// <summary>One person's presence.</summary>
/// <param name="IsOpen">Whether they can be reached.</param>
/// <param name="Note">For people to read; may be empty.</param>
public sealed record PresenceStatus(bool IsOpen, PresenceActivity Activity, string Note);

/// <summary>Writes application/pidf+xml (<see href="https://www.rfc-editor.org/rfc/rfc3863">RFC 3863</see>, with activities of <see href="https://www.rfc-editor.org/rfc/rfc4480">RFC 4480</see>).</summary>
public static class Pidf
{
    public static ReadOnlySpan<byte> ContentType => "application/pidf+xml"u8;

    public static EventDocument Write(string entity, PresenceStatus status)
    {
        var xml = new XmlText().Raw(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\""u8);
        xml.Text(entity).Raw("\">\r\n<tuple id=\"phone\"><status><basic>"u8).Raw(status.IsOpen ? "open"u8 : "closed"u8).Raw("</basic></status><contact>"u8).Text(entity);
        xml.Raw("</contact>"u8);
        if (status.Note.Length > 0)
            xml.Raw("<note>"u8).Text(status.Note).Raw("</note>"u8);
        xml.Raw("</tuple>\r\n"u8);
        if (status.Activity != PresenceActivity.None)
            xml.Raw("<dm:person id=\"person\"><rpid:activities><rpid:"u8).Raw(Token(status.Activity)).Raw("/></rpid:activities></dm:person>\r\n"u8);
        return new EventDocument(xml.Raw("</presence>\r\n"u8).ToArray(), [], isNumbered: false);
    }

    internal static PresenceActivity Parse(string token) => token switch
    {
        "on-the-phone" => PresenceActivity.OnThePhone,
        "busy" => PresenceActivity.Busy,
        "away" or "permanent-absence" or "sleeping" => PresenceActivity.Away,
        "meal" or "breakfast" or "lunch" or "dinner" => PresenceActivity.Meal,
        "meeting" or "appointment" or "presentation" => PresenceActivity.Meeting,
        "vacation" or "holiday" or "travel" => PresenceActivity.Vacation,
        _ => PresenceActivity.None,
    };

    private static ReadOnlySpan<byte> Token(PresenceActivity activity) => activity switch
    {
        PresenceActivity.OnThePhone => "on-the-phone"u8,
        PresenceActivity.Busy => "busy"u8,
        PresenceActivity.Away => "away"u8,
        PresenceActivity.Meal => "meal"u8,
        PresenceActivity.Meeting => "meeting"u8,
        _ => "vacation"u8,
    };
}
