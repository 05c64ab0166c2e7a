using System.Buffers.Binary;

namespace Webphone.Media.Rtp;

/// <summary>Why bytes are not an RTP packet (RFC 3550 section 5.1).</summary>
public enum RtpParseError : byte
{
    None,
    TooShort,
    WrongVersion,
    ExtensionCutShort,
    BadPadding,
}

/// <summary>The parsed header of one RTP packet; the payload is named by its place in the buffer. RFC 3550 section 5.1.</summary>
public readonly struct RtpHeader
{
    public const int FixedSize = 12;

    public RtpHeader(byte payloadType, bool marker, ushort sequence, uint timestamp, uint ssrc, int payloadOffset = FixedSize, int payloadLength = 0)
    {
        PayloadType = payloadType;
        Marker = marker;
        Sequence = sequence;
        Timestamp = timestamp;
        Ssrc = ssrc;
        PayloadOffset = payloadOffset;
        PayloadLength = payloadLength;
    }

    public byte PayloadType { get; }
    public bool Marker { get; }
    public ushort Sequence { get; }
    public uint Timestamp { get; }
    public uint Ssrc { get; }

    /// <summary>Bytes before the payload: fixed header, contributing sources and header extension.</summary>
    public int PayloadOffset { get; }

    /// <summary>Payload bytes without padding.</summary>
    public int PayloadLength { get; }

    /// <summary>Reads a clear (or just decrypted) packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header, out RtpParseError error)
    {
        if (!TryParseOffsets(packet, out var offset, out error))
        {
            header = default;
            return false;
        }
        var length = packet.Length - offset;
        if ((packet[0] & 0x20) != 0)
        {
            var padding = length > 0 ? packet[^1] : 0;
            if (padding == 0 || padding > length)
            {
                header = default;
                error = RtpParseError.BadPadding;
                return false;
            }
            length -= padding;
        }
        header = Read(packet, offset, length);
        return true;
    }

    /// <summary>Reads the header of a packet whose payload (and so its padding count) is still encrypted.</summary>
    public static bool TryParseProtected(ReadOnlySpan<byte> packet, out RtpHeader header, out RtpParseError error)
    {
        if (!TryParseOffsets(packet, out var offset, out error))
        {
            header = default;
            return false;
        }
        header = Read(packet, offset, packet.Length - offset);
        return true;
    }

    /// <summary>Writes the twelve fixed bytes: version 2, no padding, no extension, no contributing sources.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = 0x80;
        destination[1] = (byte)((Marker ? 0x80 : 0) | (PayloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Ssrc);
    }

    private static bool TryParseOffsets(ReadOnlySpan<byte> packet, out int offset, out RtpParseError error)
    {
        offset = 0;
        error = RtpParseError.TooShort;
        if (packet.Length < FixedSize)
            return false;
        if (packet[0] >> 6 != 2)
        {
            error = RtpParseError.WrongVersion;
            return false;
        }
        offset = FixedSize + 4 * (packet[0] & 0x0F);
        if (packet.Length < offset)
            return false;
        if ((packet[0] & 0x10) != 0)
        {
            error = RtpParseError.ExtensionCutShort;
            if (packet.Length < offset + 4)
                return false;
            offset += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]);
            if (packet.Length < offset)
                return false;
        }
        error = RtpParseError.None;
        return true;
    }

    private static RtpHeader Read(ReadOnlySpan<byte> packet, int offset, int length) => new(
        (byte)(packet[1] & 0x7F),
        (packet[1] & 0x80) != 0,
        BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
        offset,
        length);
}
