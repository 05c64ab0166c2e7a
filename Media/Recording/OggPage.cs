using System.Buffers.Binary;

namespace Webphone.Media.Recording;

/// <summary>What a page of an Ogg stream is (RFC 3533 section 6).</summary>
[Flags]
internal enum OggPageKind : byte
{
    Middle = 0,
    First = 2,
    Last = 4,
}

/// <summary>A page of an Ogg stream: its layout, its checksum, and how to find the last whole one of a file that was cut off.</summary>
internal static class OggPage
{
    public const int HeaderSize = 27;
    public const int MaxSegments = 255;

    /// <summary>The longest page there can be.</summary>
    public const int MaxSize = HeaderSize + MaxSegments + MaxSegments * 255;

    private const int KindAt = 5;
    private const int GranuleAt = 6;
    private const int SerialAt = 14;
    private const int SequenceAt = 18;
    private const int ChecksumAt = 22;
    private const int SegmentCountAt = 26;

    private static readonly uint[] Table = MakeTable();

    /// <summary>How many lacing values a packet takes.</summary>
    public static int SegmentsOf(int packetLength) => packetLength / 255 + 1;

    /// <summary>Writes header, segment table and body, and gives the page's length.</summary>
    public static int Write(Span<byte> page, OggPageKind kind, long granule, uint serial, uint sequence, ReadOnlySpan<byte> segments, ReadOnlySpan<byte> body)
    {
        var length = HeaderSize + segments.Length + body.Length;
        page = page[..length];
        "OggS"u8.CopyTo(page);
        page[4] = 0;
        page[KindAt] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(page[GranuleAt..], granule);
        BinaryPrimitives.WriteUInt32LittleEndian(page[SerialAt..], serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page[SequenceAt..], sequence);
        page[SegmentCountAt] = (byte)segments.Length;
        segments.CopyTo(page[HeaderSize..]);
        body.CopyTo(page[(HeaderSize + segments.Length)..]);
        Seal(page);
        return length;
    }

    /// <summary>Finds the last whole page; false when there is none.</summary>
    public static bool TryFindLast(ReadOnlySpan<byte> bytes, out int start, out int length, out long granule)
    {
        (start, length, granule) = (0, 0, 0);
        for (var at = 0; at < bytes.Length;)
        {
            var found = bytes[at..].IndexOf("OggS"u8);
            if (found < 0)
                break;
            at += found;
            if (!TryMeasure(bytes[at..], out var size))
            {
                at++;
                continue;
            }
            (start, length) = (at, size);
            granule = BinaryPrimitives.ReadInt64LittleEndian(bytes[(at + GranuleAt)..]);
            at += size;
        }
        return length > 0;
    }

    /// <summary>Makes a whole page the last of its stream.</summary>
    public static void MarkLast(Span<byte> page)
    {
        page[KindAt] |= (byte)OggPageKind.Last;
        Seal(page);
    }

    private static bool TryMeasure(ReadOnlySpan<byte> page, out int length)
    {
        length = 0;
        if (page.Length < HeaderSize || page.Length < HeaderSize + page[SegmentCountAt])
            return false;
        length = HeaderSize + page[SegmentCountAt];
        foreach (var segment in page.Slice(HeaderSize, page[SegmentCountAt]))
            length += segment;
        return page.Length >= length && Checksum(page[..length]) == BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]);
    }

    private static void Seal(Span<byte> page) => BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Checksum(page));

    /// <summary>CRC-32 with the polynomial 0x04C11DB7, its own field counting as zero.</summary>
    private static uint Checksum(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        for (var i = 0; i < page.Length; i++)
            crc = (crc << 8) ^ Table[(crc >> 24) ^ (i is >= ChecksumAt and < ChecksumAt + 4 ? 0 : page[i])];
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            table[i] = crc;
        }
        return table;
    }
}
