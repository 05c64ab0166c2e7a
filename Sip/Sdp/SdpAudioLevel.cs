using System.Globalization;

namespace Webphone.Sip.Sdp;

/// <summary>
/// The header extension by which a side tells the level of each packet (<a href="https://www.rfc-editor.org/rfc/rfc6464">RFC 6464</a>), as a=extmap describes it
/// (<a href="https://www.rfc-editor.org/rfc/rfc8285#section-5">RFC 8285 §5</a>). We read it and send none.
/// </summary>
/// <param name="Id">Its number in the packets.</param>
/// <param name="Direction">What the side that describes it does with it.</param>
internal readonly record struct SdpAudioLevel(int Id, SdpDirection Direction)
{
    private const string Uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>As an offer of ours has it first.</summary>
    public static SdpAudioLevel Usual { get; } = new(1, SdpDirection.SendRecv);

    /// <summary>What a section says of it; null when it says nothing, or nothing usable.</summary>
    public static SdpAudioLevel? Of(SdpMedia media) => media.Values("extmap").Select(Parse).FirstOrDefault(level => level is not null);

    /// <summary>Our answer: null when the other side sends none.</summary>
    public SdpAudioLevel? Answer() => Direction switch
    {
        SdpDirection.SendRecv => this,
        SdpDirection.SendOnly => this with { Direction = SdpDirection.RecvOnly },
        _ => null,
    };

    public SdpAttribute ToAttribute() => new("extmap", string.Create(CultureInfo.InvariantCulture, $"{Id}{(Direction == SdpDirection.SendRecv ? "" : $"/{Direction.Token()}")} {Uri}"));

    private static SdpAudioLevel? Parse(string value)
    {
        var fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2 || fields[1] != Uri)
            return null;
        var slash = fields[0].IndexOf('/', StringComparison.Ordinal);
        var direction = slash < 0 ? SdpDirection.SendRecv : SdpDirections.Parse(fields[0][(slash + 1)..]);
        var number = slash < 0 ? fields[0] : fields[0][..slash];
        // 15 is reserved in the short form of elements (RFC 8285 §4.2); numbers above 255 are an offerer's, to be settled by the answer.
        return direction is { } known && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is > 0 and <= byte.MaxValue and not 15
            ? new SdpAudioLevel(id, known) : null;
    }
}
