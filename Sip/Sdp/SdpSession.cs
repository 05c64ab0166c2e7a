using System.Text;

namespace Webphone.Sip.Sdp;

/// <summary>A session description (<a href="https://www.rfc-editor.org/rfc/rfc8866">RFC 8866</a>) with all its lines.</summary>
public sealed record SdpSession(SdpOrigin Origin, IReadOnlyList<SdpMedia> Media)
{
    public string Name { get; init; } = "-";

    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpLine> OtherLines { get; init; } = [new SdpLine('t', "0 0")];

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>The first audio section that is not refused, or null.</summary>
    public SdpMedia? Audio => Media.FirstOrDefault(media => media.IsAudio && !media.IsRejected);

    /// <summary>The mids of a=group:BUNDLE (RFC 9143).</summary>
    public IReadOnlyList<string> Bundle =>
        Attributes.FirstOrDefault(a => a.Name == "group" && a.Value?.StartsWith("BUNDLE ", StringComparison.Ordinal) == true).Value?.Split(' ')[1..] ?? [];

    /// <summary>The section's own c= or the session's.</summary>
    public SdpConnection? ConnectionOf(SdpMedia media) => media.Connection ?? Connection;

    /// <summary>The section's own direction, or the session's, or sendrecv; c=0.0.0.0 takes the sending to it away (RFC 3264 §8.4).</summary>
    public SdpDirection DirectionOf(SdpMedia media)
    {
        var direction = media.OwnDirection ?? FindDirection(Attributes) ?? SdpDirection.SendRecv;
        var hold = ConnectionOf(media) is { IsUnspecified: true } && media.IceUfrag is null;
        return hold ? SdpDirections.Of(direction.Sends(), false) : direction;
    }

    /// <summary>ICE and DTLS attributes may stand at either level.</summary>
    public string? ValueOf(SdpMedia media, string attribute) => media.Value(attribute) ?? Attributes.FirstOrDefault(a => a.Name == attribute).Value;

    public static bool TryParse(ReadOnlySpan<byte> text, out SdpSession? session, out SdpError error) => SdpParser.TryParse(text, out session, out error);

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => SdpWriter.Write(this);

    internal static SdpDirection? FindDirection(IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value is null && SdpDirections.Parse(attribute.Name) is { } direction)
                return direction;
        }

        return null;
    }
}
