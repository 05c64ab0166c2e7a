using System.Globalization;
using System.Text;

namespace Webphone.Sip.Sdp;

/// <summary>Writes descriptions in the order of RFC 8866 §5.</summary>
internal static class SdpWriter
{
    public static string Write(SdpSession session)
    {
        var text = new StringBuilder(512);
        text.Append("v=0\r\no=").Append(Clean(session.Origin.UserName)).Append(' ').Append(session.Origin.SessionId).Append(' ').Append(session.Origin.Version).Append(' ');
        Address(text, session.Origin.Address);
        text.Append("s=").Append(Clean(session.Name)).Append("\r\n");
        Lines(text, session.OtherLines, "iuep");
        if (session.Connection is { } connection)
            Address(text.Append("c="), connection);
        Lines(text, session.OtherLines, "btrzk");
        Attributes(text, session.Attributes);
        foreach (var media in session.Media)
            Media(text, media);
        return text.ToString();
    }

    private static void Media(StringBuilder text, SdpMedia media)
    {
        text.Append("m=").Append(Clean(media.Kind)).Append(' ').Append(media.Port);
        if (media.PortCount > 1)
            text.Append('/').Append(media.PortCount);
        text.Append(' ').Append(Clean(media.Protocol));
        foreach (var format in media.Formats)
            text.Append(' ').Append(Clean(format));
        text.Append("\r\n");
        Lines(text, media.OtherLines, "i");
        if (media.Connection is { } connection)
            Address(text.Append("c="), connection);
        Lines(text, media.OtherLines, "bk");
        Attributes(text, media.Attributes);
    }

    private static void Lines(StringBuilder text, IReadOnlyList<SdpLine> lines, string types)
    {
        foreach (var line in lines)
        {
            if (types.Contains(line.Type, StringComparison.Ordinal))
                text.Append(line.Type).Append('=').Append(Clean(line.Value)).Append("\r\n");
        }
    }

    private static void Attributes(StringBuilder text, IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            text.Append("a=").Append(Clean(attribute.Name));
            if (attribute.Value is { } value)
                text.Append(':').Append(Clean(value));
            text.Append("\r\n");
        }
    }

    private static void Address(StringBuilder text, SdpConnection address) =>
        text.Append(CultureInfo.InvariantCulture, $"IN {(address.IsIPv6 ? "IP6" : "IP4")} {Clean(address.Address)}\r\n");

    /// <summary>No value may start a line of its own.</summary>
    private static string Clean(string value) => value.AsSpan().ContainsAny('\r', '\n', '\0') ? value.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ') : value;
}
