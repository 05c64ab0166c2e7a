using System.Buffers.Binary;
using Webphone.Media.Rtp;

namespace Webphone.Media.Srtp;

/// <summary>What became of a protected packet.</summary>
public enum SrtpResult : byte
{
    Accepted,
    Malformed,
    Replayed,
    BadTag,
}

/// <summary>
/// Checks and decrypts what a peer sends with its key. Each SSRC has its own roll-over counter and replay window; only a packet
/// with a good tag makes or moves one, so a stranger cannot.
/// </summary>
public sealed class SrtpReceiver(SrtpMasterKey key) : IDisposable
{
    /// <summary>Streams remembered; a peer that changes its SSRC more often loses the oldest.</summary>
    public const int MaxStreams = 4;

    private readonly SrtpCipher _rtp = new(key, isRtcp: false);
    private readonly SrtpCipher _rtcp = new(key, isRtcp: true);
    private readonly Stream[] _streams = new Stream[MaxStreams];
    private ReplayWindow _rtcpWindow;
    private uint _rtcpSsrc;
    private int _count;
    private int _oldest;

    public SrtpMasterKey Key => key;

    /// <summary>Decrypts an RTP packet in place; its clear length is given when accepted.</summary>
    public SrtpResult UnprotectRtp(Span<byte> packet, out int length)
    {
        length = 0;
        if (!RtpHeader.TryParseProtected(packet, out var header, out _) || header.PayloadLength < _rtp.TagSize)
            return SrtpResult.Malformed;
        var slot = Find(header.Ssrc);
        var index = slot < 0 ? header.Sequence : GuessIndex(_streams[slot].Window.Highest, header.Sequence);
        if (slot >= 0 && !_streams[slot].Window.IsNew(index))
            return SrtpResult.Replayed;
        length = _rtp.Unprotect(packet, header.PayloadOffset, header.Ssrc, index, encrypted: true);
        if (length < 0)
            return SrtpResult.BadTag;
        _streams[slot < 0 ? Add(header.Ssrc) : slot].Window.Accept(index);
        return SrtpResult.Accepted;
    }

    /// <summary>Decrypts an RTCP compound in place; its clear length is given when accepted.</summary>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        var trailer = 4 + _rtcp.TagSize;
        if (packet.Length < 8 + trailer)
            return SrtpResult.Malformed;
        // The index stands before the tag in RFC 3711 and behind it in RFC 7714.
        var at = key.Profile.IsAead() ? packet.Length - 4 : packet.Length - trailer;
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[at..]);
        var index = word & 0x7FFFFFFF;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (ssrc == _rtcpSsrc && !_rtcpWindow.IsNew(index))
            return SrtpResult.Replayed;
        length = _rtcp.Unprotect(packet, 8, ssrc, index, (word & 0x80000000) != 0);
        if (length < 0)
            return SrtpResult.BadTag;
        if (ssrc != _rtcpSsrc)
        {
            _rtcpSsrc = ssrc;
            _rtcpWindow = default;
        }
        _rtcpWindow.Accept(index);
        return SrtpResult.Accepted;
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>The index nearest to the highest one with this sequence number (RFC 3711 section 3.3.1).</summary>
    private static ulong GuessIndex(ulong highest, ushort sequence)
    {
        var index = (highest & ~0xFFFFUL) | sequence;
        if (index + 0x8000 < highest)
            return index + 0x10000;
        return index > highest + 0x8000 && index >= 0x10000 ? index - 0x10000 : index;
    }

    private int Find(uint ssrc)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_streams[i].Ssrc == ssrc)
                return i;
        }
        return -1;
    }

    private int Add(uint ssrc)
    {
        var slot = _count < MaxStreams ? _count++ : _oldest++ % MaxStreams;
        _streams[slot] = new Stream { Ssrc = ssrc };
        return slot;
    }

    private struct Stream
    {
        public uint Ssrc;
        public ReplayWindow Window;
    }
}
