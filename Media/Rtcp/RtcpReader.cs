using System.Buffers.Binary;

namespace Webphone.Media.Rtcp;

/// <summary>Packet types of RFC 3550 section 12.1 and RFC 4585.</summary>
public enum RtcpType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Bye = 203,
    Application = 204,
    TransportFeedback = 205,
    PayloadFeedback = 206,
    ExtendedReport = 207,
}

/// <summary>One packet of a compound.</summary>
public readonly ref struct RtcpPacket
{
    internal RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    public RtcpType Type { get; }

    /// <summary>The five-bit count: report blocks, chunks or sources.</summary>
    public int Count { get; }

    /// <summary>What follows the four common bytes, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The sender's SSRC, which begins every type but an empty BYE and SDES.</summary>
    public bool TryReadSsrc(out uint ssrc) => BinaryPrimitives.TryReadUInt32BigEndian(Body, out ssrc);

    /// <summary>The sender information of a sender report.</summary>
    public bool TryReadSenderInfo(out SenderInfo info)
    {
        info = default;
        if (Type != RtcpType.SenderReport || Body.Length < 24)
            return false;
        info = new SenderInfo(
            new NtpTime(BinaryPrimitives.ReadUInt64BigEndian(Body[4..])),
            BinaryPrimitives.ReadUInt32BigEndian(Body[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(Body[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(Body[20..]));
        return true;
    }

    /// <summary>Report block number <paramref name="index"/> of a sender or receiver report; false past the last.</summary>
    public bool TryReadBlock(int index, out ReportBlock block)
    {
        block = default;
        var first = Type switch { RtcpType.SenderReport => 24, RtcpType.ReceiverReport => 4, _ => -1 };
        var at = first + index * ReportBlock.Size;
        if (first < 0 || index < 0 || index >= Count || Body.Length < at + ReportBlock.Size)
            return false;
        block = ReportBlock.Read(Body[at..]);
        return true;
    }
}

public readonly record struct SenderInfo(NtpTime Ntp, uint RtpTimestamp, uint PacketCount, uint OctetCount);

/// <summary>One report block (RFC 3550 section 6.4.1).</summary>
public readonly record struct ReportBlock(uint Ssrc, byte FractionLost, int CumulativeLost, uint ExtendedHighest, uint JitterTicks, uint LastSenderReport, uint DelaySinceLast)
{
    public const int Size = 24;

    internal static ReportBlock Read(ReadOnlySpan<byte> s)
    {
        var loss = BinaryPrimitives.ReadUInt32BigEndian(s[4..]);
        return new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(s),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(s[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(s[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(s[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(s[20..]));
    }

    internal void Write(Span<byte> d)
    {
        BinaryPrimitives.WriteUInt32BigEndian(d, Ssrc);
        var lost = Math.Clamp(CumulativeLost, -0x800000, 0x7FFFFF) & 0xFFFFFF;
        BinaryPrimitives.WriteUInt32BigEndian(d[4..], ((uint)FractionLost << 24) | (uint)lost);
        BinaryPrimitives.WriteUInt32BigEndian(d[8..], ExtendedHighest);
        BinaryPrimitives.WriteUInt32BigEndian(d[12..], JitterTicks);
        BinaryPrimitives.WriteUInt32BigEndian(d[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(d[20..], DelaySinceLast);
    }
}

/// <summary>Walks a compound packet; stops, with <see cref="Malformed"/> set, at the first packet that does not hold together.</summary>
public ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private ReadOnlySpan<byte> _rest = compound;

    public bool Malformed { get; private set; }

    public bool TryReadNext(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.IsEmpty || Malformed)
            return false;
        if (_rest.Length < 4 || _rest[0] >> 6 != 2)
            return Fail();
        var size = 4 * (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1);
        if (size > _rest.Length)
            return Fail();
        var body = _rest[4..size];
        if ((_rest[0] & 0x20) != 0)
        {
            // Only the last packet of a compound may be padded.
            var padding = body.IsEmpty ? 0 : body[^1];
            if (size != _rest.Length || padding == 0 || padding > body.Length)
                return Fail();
            body = body[..^padding];
        }
        packet = new RtcpPacket((RtcpType)_rest[1], _rest[0] & 0x1F, body);
        _rest = _rest[size..];
        return true;
    }

    private bool Fail()
    {
        Malformed = true;
        return false;
    }
}
