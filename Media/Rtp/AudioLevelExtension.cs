using System.Buffers.Binary;

namespace Webphone.Media.Rtp;

/// <summary>
/// How loud the audio of a packet is, as its sender says in a header extension (<a href="https://www.rfc-editor.org/rfc/rfc6464">RFC 6464</a>, with the two forms of
/// elements of <a href="https://www.rfc-editor.org/rfc/rfc8285">RFC 8285</a>). Levels are dB below overload, 0 to 127, and <see cref="Unknown"/> where nothing is said: what
/// is as loud as can be is never taken for silence. Whatever the bytes, nothing here throws.
/// </summary>
public static class AudioLevelExtension
{
    /// <summary>The level of a packet that says none.</summary>
    public const byte Unknown = 0;

    /// <summary>The level of digital silence.</summary>
    public const byte Silence = 127;

    /// <summary>What <see cref="Write"/> adds to a fixed header.</summary>
    public const int Size = 8;

    private const ushort OneByteElements = 0xBEDE;
    private const ushort TwoByteElements = 0x1000;
    private const byte HasExtension = 0x10;
    private const byte LastOneByteId = 14;

    /// <summary>Whether an element can have this number: 15 is reserved in the form of one byte.</summary>
    public static bool IsId(int id) => id is > 0 and <= byte.MaxValue and not 15;

    /// <summary>The level in a clear packet whose header was parsed.</summary>
    /// <param name="packet">The packet from its first byte.</param>
    /// <param name="id">The number that was negotiated for the extension.</param>
    public static byte Read(ReadOnlySpan<byte> packet, byte id)
    {
        if (packet.Length < RtpHeader.FixedSize || (packet[0] & HasExtension) == 0)
            return Unknown;
        var at = RtpHeader.FixedSize + (4 * (packet[0] & 0x0F));
        if (packet.Length < at + 4)
            return Unknown;
        var form = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
        var length = 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]);
        var elements = packet[(at + 4)..];
        if (length < elements.Length)
            elements = elements[..length];
        if (form == OneByteElements)
            return FindOneByte(elements, id);
        return (form & 0xFFF0) == TwoByteElements ? FindTwoByte(elements, id) : Unknown;
    }

    /// <summary>Writes the extension behind a fixed header that was just written, and says in that that there is one.</summary>
    /// <param name="packet">From the header's first byte; <see cref="RtpHeader.FixedSize"/> and <see cref="Size"/> bytes at least.</param>
    /// <param name="id">The number that was negotiated, 1 to 14.</param>
    /// <param name="level">0 to 127.</param>
    public static void Write(Span<byte> packet, byte id, byte level)
    {
        packet[0] |= HasExtension;
        var extension = packet.Slice(RtpHeader.FixedSize, Size);
        BinaryPrimitives.WriteUInt16BigEndian(extension, OneByteElements);
        BinaryPrimitives.WriteUInt16BigEndian(extension[2..], 1);
        extension[4] = (byte)(id << 4);
        extension[5] = (byte)(level & 0x7F);
        extension[6] = extension[7] = 0;
    }

    private static byte FindOneByte(ReadOnlySpan<byte> elements, byte id)
    {
        for (var at = 0; at + 1 < elements.Length;)
        {
            var (found, length) = (elements[at] >> 4, (elements[at] & 0x0F) + 1);
            if (elements[at] == 0)
            {
                at++;
                continue;
            }
            if (found > LastOneByteId)
                return Unknown;
            if (found == id)
                return LevelOf(elements[at + 1]);
            at += 1 + length;
        }
        return Unknown;
    }

    private static byte FindTwoByte(ReadOnlySpan<byte> elements, byte id)
    {
        for (var at = 0; at + 2 < elements.Length;)
        {
            if (elements[at] == 0)
            {
                at++;
                continue;
            }
            if (elements[at] == id)
                return elements[at + 1] > 0 ? LevelOf(elements[at + 2]) : Unknown;
            at += 2 + elements[at + 1];
        }
        return Unknown;
    }

    /// <summary>Without the bit that says whether a voice was heard, which not everyone sets.</summary>
    private static byte LevelOf(byte value) => (byte)(value & 0x7F);
}
