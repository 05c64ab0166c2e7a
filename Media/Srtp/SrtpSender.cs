using System.Buffers.Binary;
using Webphone.Media.Rtp;

namespace Webphone.Media.Srtp;

/// <summary>Protects the one stream that an endpoint sends. Buffers need <see cref="SrtpProfiles.MaxOverhead"/> bytes of room behind the packet.</summary>
public sealed class SrtpSender(SrtpMasterKey key) : IDisposable
{
    private readonly SrtpCipher _rtp = new(key, isRtcp: false);
    private readonly SrtpCipher _rtcp = new(key, isRtcp: true);
    private uint _rollOver;
    private ushort _highest;
    private bool _started;
    private uint _rtcpIndex;

    public SrtpMasterKey Key => key;

    /// <summary>Protects a packet in place and gives its new length.</summary>
    /// <param name="buffer">The packet and the room behind it.</param>
    /// <param name="length">The packet's.</param>
    /// <param name="headerLength">The header's, with its extension if it has one.</param>
    public int ProtectRtp(Span<byte> buffer, int length, int headerLength = RtpHeader.FixedSize)
    {
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]);
        var rollOver = _rollOver;
        if (!_started || (short)(sequence - _highest) > 0)
        {
            if (_started && sequence < _highest)
                rollOver = ++_rollOver;
            _highest = sequence;
            _started = true;
        }
        else if (sequence > _highest)
        {
            // An older packet from before the roll-over.
            rollOver--;
        }
        return _rtp.Protect(buffer, length, headerLength, BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]), ((ulong)rollOver << 16) | sequence);
    }

    /// <summary>Protects a compound packet in place and gives its new length.</summary>
    public int ProtectRtcp(Span<byte> buffer, int length)
    {
        _rtcpIndex = (_rtcpIndex + 1) & 0x7FFFFFFF;
        return _rtcp.Protect(buffer, length, 8, BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), _rtcpIndex);
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }
}
