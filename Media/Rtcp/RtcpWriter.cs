using System.Buffers.Binary;

namespace Webphone.Media.Rtcp;

/// <summary>Writes a compound packet into a caller's buffer: a report first, then the canonical name, then BYE when leaving.</summary>
public ref struct RtcpWriter(Span<byte> buffer)
{
    /// <summary>Room that the largest compound written here needs, with the SRTCP trailer.</summary>
    public const int MaxSize = 512;

    private const byte CanonicalName = 1;
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void WriteSenderReport(uint ssrc, in SenderInfo info, in ReportBlock? block)
    {
        var body = Begin(RtcpType.SenderReport, block is null ? 0 : 1, 24 + (block is null ? 0 : ReportBlock.Size));
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], info.Ntp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], info.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], info.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], info.OctetCount);
        block?.Write(body[24..]);
    }

    public void WriteReceiverReport(uint ssrc, in ReportBlock? block)
    {
        var body = Begin(RtcpType.ReceiverReport, block is null ? 0 : 1, 4 + (block is null ? 0 : ReportBlock.Size));
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        block?.Write(body[4..]);
    }

    /// <param name="ssrc">The stream that the name is of.</param>
    /// <param name="canonicalName">ASCII, at most 64 bytes are written.</param>
    public void WriteCanonicalName(uint ssrc, ReadOnlySpan<byte> canonicalName)
    {
        var name = canonicalName[..Math.Min(64, canonicalName.Length)];
        // SSRC, item type, item length, text, then one to four zeros that end the list and fill the word.
        var size = (4 + 2 + name.Length + 4) & ~3;
        var body = Begin(RtcpType.SourceDescription, 1, size);
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = CanonicalName;
        body[5] = (byte)name.Length;
        name.CopyTo(body[6..]);
    }

    public void WriteBye(uint ssrc) => BinaryPrimitives.WriteUInt32BigEndian(Begin(RtcpType.Bye, 1, 4), ssrc);

    private Span<byte> Begin(RtcpType type, int count, int bodySize)
    {
        var packet = _buffer.Slice(Length, 4 + bodySize);
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bodySize / 4));
        Length += packet.Length;
        return packet[4..];
    }
}
