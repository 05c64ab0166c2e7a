using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Srtp;

namespace Webphone.Media.Endpoints;

/// <summary>An audio codec and the number it has in one description.</summary>
public readonly record struct RtpCodec(AudioCodec Codec, byte PayloadType);

/// <summary>A telephone-event format (RFC 4733) and the number it has in one description.</summary>
public readonly record struct EventFormat(byte PayloadType, int ClockRate);

/// <summary>Which way media flows, as this side's description says it (RFC 3264).</summary>
public enum MediaDirection : byte
{
    SendReceive,
    SendOnly,
    ReceiveOnly,
    Inactive,
}

/// <summary>What the far side's description says, as far as media is concerned.</summary>
public sealed record RemoteMedia
{
    /// <summary>Where it wants RTP; null when it gave no address or 0.0.0.0.</summary>
    public IPEndPoint? Rtp { get; init; }

    /// <summary>Where it wants RTCP; null for the port after RTP's.</summary>
    public IPEndPoint? Rtcp { get; init; }

    /// <summary>RTCP shares RTP's port (RFC 5761).</summary>
    public bool RtcpMultiplexed { get; init; }

    /// <summary>The IP that its signalling comes from, which may also send RTP.</summary>
    public IPAddress? Signalling { get; init; }

    /// <summary>Codecs it takes, the preferred first, with the numbers it wants them sent under.</summary>
    public IReadOnlyList<RtpCodec> Codecs { get; init; } = [];

    /// <summary>Event formats it takes.</summary>
    public IReadOnlyList<EventFormat> Events { get; init; } = [];

    /// <summary>The number under which it takes the level of each packet (RFC 6464), 1 to 14; null where it is told none.</summary>
    public byte? AudioLevelId { get; init; }

    /// <summary>The key that it protects what it sends with; null for plain RTP.</summary>
    public SrtpMasterKey? Key { get; init; }
}

/// <summary>What our own description said, where it differs from the far side's.</summary>
public sealed record LocalMedia
{
    /// <summary>The numbers that we receive codecs under; empty for the far side's own.</summary>
    public IReadOnlyList<RtpCodec> Codecs { get; init; } = [];

    /// <summary>The numbers that we receive events under; empty for the far side's own.</summary>
    public IReadOnlyList<EventFormat> Events { get; init; } = [];

    /// <summary>The number under which the far side tells the level of each packet (RFC 6464); null where it tells none.</summary>
    public byte? AudioLevelId { get; init; }

    /// <summary>The key that we protect what we send with; null for plain RTP.</summary>
    public SrtpMasterKey? Key { get; init; }
}
