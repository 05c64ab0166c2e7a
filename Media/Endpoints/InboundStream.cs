using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;

namespace Webphone.Media.Endpoints;

/// <summary>What a datagram on the RTP port turned out to be.</summary>
public enum InboundKind : byte
{
    Dropped,
    Audio,
    Event,
    Rtcp,
}

/// <summary>One accepted packet; its payload is at the header's offset of the buffer it arrived in.</summary>
public readonly record struct InboundPacket(InboundKind Kind, RtpHeader Header, AudioCodec Codec, int EventClockRate, TelephoneEvent Event, bool BeginsDigit, bool Moved)
{
    /// <summary>How loud its sender says that it is, as <see cref="AudioLevelExtension"/> has it.</summary>
    public byte Level { get; init; }
}

/// <summary>Packets that were not the leg's, by reason.</summary>
public record struct DropCounts
{
    /// <summary>Neither RTP nor RTCP, or malformed.</summary>
    public long Junk;

    /// <summary>A payload type that nobody described.</summary>
    public long UnknownPayloadType;

    /// <summary>From an address that is not the leg's.</summary>
    public long ForeignSource;

    /// <summary>From the leg's address but not of its stream.</summary>
    public long ForeignSsrc;

    /// <summary>From a source still on probation.</summary>
    public long Probation;

    /// <summary>SRTP with a wrong tag.</summary>
    public long BadTag;

    /// <summary>SRTP that was seen before.</summary>
    public long Replayed;

    public readonly long Total => Junk + UnknownPayloadType + ForeignSource + ForeignSsrc + Probation + BadTag + Replayed;
}

/// <summary>The receiving half of an endpoint: tells the leg's packets from all others, decrypts, counts, and decodes events. Not thread-safe.</summary>
public sealed class InboundStream : IDisposable
{
    private const byte Unknown = 0xFF;
    private const byte FirstEvent = 0x80;

    private readonly byte[] _formats = new byte[128];
    private readonly TelephoneEventReceiver _events = new();
    private EventFormat[] _eventFormats = [];
    private SrtpReceiver? _srtp;
    private DropCounts _drops;
    private bool _multiplexed;
    private int _clockRate = 8000;
    private byte _levelId;

    public InboundStream() => Array.Fill(_formats, Unknown);

    public SourceLatch Latch { get; } = new();

    public RtpReceiveStatistics Statistics { get; } = new();

    public DropCounts Drops => _drops;

    /// <summary>When the leg was last heard, by RTP or RTCP.</summary>
    public TimeSpan LastHeard { get; private set; }

    /// <summary>The clock starts anew, as after a hold.</summary>
    public void MarkHeard(TimeSpan now) => LastHeard = now;

    public void Apply(LocalMedia local, RemoteMedia remote, bool anyAddress, TimeSpan now)
    {
        var codecs = local.Codecs.Count > 0 ? local.Codecs : remote.Codecs;
        _eventFormats = [.. local.Events.Count > 0 ? local.Events : remote.Events];
        Array.Fill(_formats, Unknown);
        foreach (var codec in codecs)
            _formats[codec.PayloadType & 0x7F] = (byte)codec.Codec;
        for (var i = 0; i < _eventFormats.Length && i < FirstEvent - 1; i++)
            _formats[_eventFormats[i].PayloadType & 0x7F] = (byte)(FirstEvent + i);
        _multiplexed = remote.RtcpMultiplexed;
        _levelId = local.AudioLevelId ?? 0;
        var signalling = remote.Signalling is null ? 0 : TransportAddress.ToNumber(remote.Signalling);
        Latch.Announce(TransportAddress.From(remote.Rtp), signalling, anyAddress, now);
        if (!Equals(_srtp?.Key, remote.Key))
        {
            _srtp?.Dispose();
            _srtp = remote.Key is null ? null : new SrtpReceiver(remote.Key);
            Latch.AwaitNewStream(now);
        }
    }

    /// <summary>Judges a datagram, decrypting it in place. The buffer is the caller's; whatever the bytes, this never throws.</summary>
    public InboundPacket Receive(Span<byte> datagram, TransportAddress from, TimeSpan now)
    {
        switch (DatagramKinds.Classify(datagram))
        {
            case DatagramKind.Rtp:
                return ReceiveRtp(datagram, from, now);
            case DatagramKind.Rtcp when _multiplexed:
                return new InboundPacket { Kind = InboundKind.Rtcp };
            default:
                _drops.Junk++;
                return default;
        }
    }

    /// <summary>Decrypts RTCP in place and gives the clear compound's length, or 0 when it is not the leg's.</summary>
    public int ReceiveRtcp(Span<byte> datagram, TransportAddress from, TimeSpan now)
    {
        if (DatagramKinds.Classify(datagram) != DatagramKind.Rtcp)
        {
            _drops.Junk++;
            return 0;
        }
        // RTCP may come from another port than RTP, never from another host.
        if (!(Latch.IsLocked && from.Ip == Latch.Source.Ip) && !Latch.IsPossible(from, now))
        {
            _drops.ForeignSource++;
            return 0;
        }
        if (_srtp is null)
            return datagram.Length;
        return Count(_srtp.UnprotectRtcp(datagram, out var length)) ? length : 0;
    }

    /// <summary>RTCP that held together counts as hearing the leg.</summary>
    public void AcceptRtcp(TimeSpan now) => LastHeard = now;

    public void CountJunk() => _drops.Junk++;

    public void Dispose() => _srtp?.Dispose();

    private InboundPacket ReceiveRtp(Span<byte> datagram, TransportAddress from, TimeSpan now)
    {
        var format = _formats[datagram[1] & 0x7F];
        if (format == Unknown)
        {
            _drops.UnknownPayloadType++;
            return default;
        }
        if (!Latch.IsPossible(from, now))
        {
            _drops.ForeignSource++;
            return default;
        }
        if (_srtp is not null)
        {
            if (!Count(_srtp.UnprotectRtp(datagram, out var length)))
                return default;
            datagram = datagram[..length];
        }
        if (!RtpHeader.TryParse(datagram, out var header, out _))
        {
            _drops.Junk++;
            return default;
        }
        var latched = Latch.Receive(from, header.Ssrc, header.Sequence, now);
        if (latched is not (LatchResult.Accepted or LatchResult.Moved))
        {
            CountRefusal(latched);
            return default;
        }
        LastHeard = now;
        return Accept(datagram, header, format, latched == LatchResult.Moved, now);
    }

    private InboundPacket Accept(ReadOnlySpan<byte> packet, in RtpHeader header, byte format, bool moved, TimeSpan now)
    {
        if (format < FirstEvent)
        {
            var codec = (AudioCodec)format;
            _clockRate = codec.ClockRate();
            Statistics.Receive(header, now, _clockRate);
            var level = _levelId == 0 ? AudioLevelExtension.Unknown : AudioLevelExtension.Read(packet, _levelId);
            return new InboundPacket(InboundKind.Audio, header, codec, 0, default, false, moved) { Level = level };
        }
        Statistics.Receive(header, now, _clockRate);
        if (!TelephoneEvent.TryParse(packet.Slice(header.PayloadOffset, header.PayloadLength), out var value))
        {
            _drops.Junk++;
            return default;
        }
        var begins = _events.TryReceive(header.Ssrc, header.Timestamp, value);
        return new InboundPacket(InboundKind.Event, header, default, _eventFormats[format - FirstEvent].ClockRate, value, begins, moved);
    }

    private void CountRefusal(LatchResult result)
    {
        switch (result)
        {
            case LatchResult.Probation:
                _drops.Probation++;
                break;
            case LatchResult.ForeignSsrc:
                _drops.ForeignSsrc++;
                break;
            default:
                _drops.ForeignSource++;
                break;
        }
    }

    private bool Count(SrtpResult result)
    {
        switch (result)
        {
            case SrtpResult.Accepted:
                return true;
            case SrtpResult.Replayed:
                _drops.Replayed++;
                return false;
            case SrtpResult.BadTag:
                _drops.BadTag++;
                return false;
            default:
                _drops.Junk++;
                return false;
        }
    }
}
