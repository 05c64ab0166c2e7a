using System.Text;
using System.Xml;

namespace Webphone.Sip.EventPackages;

/// <summary>
/// Reads what phones publish of themselves as application/pidf+xml. Hostile documents are refused, not followed: no DTD, no entities, no other files, and a bound
/// on everything.
/// </summary>
public static class PidfReader
{
    /// <summary>The longest document that is read, in bytes.</summary>
    public const int LongestDocument = 16 * 1024;

    /// <summary>The longest note that is kept, in characters.</summary>
    public const int LongestNote = 100;

    private const int Deepest = 16;
    private const int MostElements = 256;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LongestDocument,
        MaxCharactersFromEntities = 0,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The person's state: open when any tuple is, the first activity that is known, the first note. False when it is no such document.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> document, out PresenceStatus status)
    {
        status = new PresenceStatus(false, PresenceActivity.None, "");
        if (document.Length is 0 or > LongestDocument)
            return false;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document.ToArray(), writable: false), Settings);
            return TryRead(reader, ref status);
        }
        // What the reader throws for bytes of others is their mistake, not ours: a document that is not well-formed, or in no encoding.
        catch (Exception mistake) when (mistake is XmlException or DecoderFallbackException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    private static bool TryRead(XmlReader reader, ref PresenceStatus status)
    {
        reader.MoveToContent();
        if (reader.LocalName != "presence" || reader.NamespaceURI != "urn:ietf:params:xml:ns:pidf")
            return false;
        var (element, elements) = ("", 0);
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth > Deepest || ++elements > MostElements:
                    return false;
                case XmlNodeType.Element:
                    element = reader.LocalName;
                    if (status.Activity == PresenceActivity.None && reader.NamespaceURI == "urn:ietf:params:xml:ns:pidf:rpid")
                        status = status with { Activity = Pidf.Parse(element) };
                    break;
                case XmlNodeType.EndElement:
                    element = "";
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when element == "basic":
                    status = status with { IsOpen = status.IsOpen || reader.Value.Trim() == "open" };
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when element == "note" && status.Note.Length == 0:
                    status = status with { Note = Shortened(reader.Value.Trim()) };
                    break;
                default:
                    break;
            }
        }
        return true;
    }

    private static string Shortened(string note)
    {
        if (note.Length <= LongestNote)
            return note;
        return note[..(char.IsHighSurrogate(note[LongestNote - 1]) ? LongestNote - 1 : LongestNote)];
    }
}
