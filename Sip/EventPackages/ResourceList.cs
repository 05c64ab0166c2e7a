using System.Text;

namespace Webphone.Sip.EventPackages;

/// <summary>One who is in a list.</summary>
/// <param name="Uri">Their address.</param>
/// <param name="Name">Their name; may be empty.</param>
/// <param name="Document">How they are; null where this NOTIFY does not say so.</param>
public readonly record struct ListedResource(string Uri, string Name, byte[]? Document);

/// <summary>
/// Writes the multipart/related body that tells of a whole list at once (<see href="https://www.rfc-editor.org/rfc/rfc4662">RFC 4662</see>): its first part names the
/// resources, each further one is the document of one of them.
/// </summary>
public static class ResourceList
{
    /// <summary>What a list and each of its parts need besides their documents, at most, with addresses and names of usual length.</summary>
    public const int BytesAPart = 400;

    private const string Boundary = "webphone-list-part";
    private const string RootId = "list@webphone";

    public static ReadOnlySpan<byte> ContentType =>
        "multipart/related;type=\"application/rlmi+xml\";start=\"<list@webphone>\";boundary=\"webphone-list-part\""u8;

    /// <param name="uri">The list's own address.</param>
    /// <param name="version">How many were sent before.</param>
    /// <param name="isFull">All resources are named; otherwise those of which there is news.</param>
    /// <param name="resources">Those who are named.</param>
    /// <param name="documentType">Content type of their documents.</param>
    public static byte[] Write(string uri, uint version, bool isFull, IReadOnlyList<ListedResource> resources, ReadOnlySpan<byte> documentType)
    {
        var body = new XmlText(1024);
        Part(body, RootId, "application/rlmi+xml;charset=\"UTF-8\""u8);
        body.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\""u8).Text(uri).Raw("\" version=\""u8).Number(version);
        body.Raw("\" fullState=\""u8).Raw(isFull ? "true"u8 : "false"u8).Raw("\">\r\n"u8);
        for (var i = 0; i < resources.Count; i++)
        {
            body.Raw("<resource uri=\""u8).Text(resources[i].Uri).Raw("\">"u8);
            if (resources[i].Name.Length > 0)
                body.Raw("<name>"u8).Text(resources[i].Name).Raw("</name>"u8);
            if (resources[i].Document is not null)
                body.Raw("<instance id=\"1\" state=\"active\" cid=\""u8).Text(IdOf(i)).Raw("\"/>"u8);
            body.Raw("</resource>\r\n"u8);
        }
        body.Raw("</list>\r\n"u8);
        for (var i = 0; i < resources.Count; i++)
        {
            if (resources[i].Document is not { } document)
                continue;
            Part(body, IdOf(i), documentType);
            body.Raw(document).Raw("\r\n"u8);
        }
        return body.Raw("--"u8).Raw(Encoding.ASCII.GetBytes(Boundary)).Raw("--\r\n"u8).ToArray();
    }

    private static void Part(XmlText body, string id, ReadOnlySpan<byte> type) => body
        .Raw("--"u8).Raw(Encoding.ASCII.GetBytes(Boundary)).Raw("\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <"u8).Text(id)
        .Raw(">\r\nContent-Type: "u8).Raw(type).Raw("\r\n\r\n"u8);

    private static string IdOf(int index) => $"{index}@webphone";
}
