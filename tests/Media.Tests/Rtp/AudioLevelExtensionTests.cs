using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Rtp;

public sealed class AudioLevelExtensionTests
{
    private const byte Id = 5;
    private static readonly byte[] OneByteElements = [0xBE, 0xDE];
    private static readonly byte[] TwoByteElements = [0x10, 0x00];

    public static TheoryData<string, byte> Extensions => new()
    {
        // One-byte elements: alone, with the voice bit, behind another, behind padding.
        { "BEDE 0001 50 2A 00 00", 42 },
        { "BEDE 0001 50 AA 00 00", 42 },
        { "BEDE 0002 11 01 02 00 50 7F 00 00", 127 },
        { "BEDE 0002 00 00 00 50 39 00 00 00", 57 },
        // Under another number, behind the reserved one, cut off by the end.
        { "BEDE 0001 60 2A 00 00", AudioLevelExtension.Unknown },
        { "BEDE 0001 F0 00 50 2A", AudioLevelExtension.Unknown },
        { "BEDE 0001 00 00 00 50", AudioLevelExtension.Unknown },
        { "BEDE 0001 1F 00 00 50", AudioLevelExtension.Unknown },
        // Two-byte elements, whatever the application bits; one without a value.
        { "1000 0001 05 01 2A 00", 42 },
        { "100F 0002 01 02 00 00 05 01 BB 00", 59 },
        { "1000 0001 05 00 00 00", AudioLevelExtension.Unknown },
        { "1000 0001 00 00 05 01", AudioLevelExtension.Unknown },
        { "1000 0001 07 FF 05 01", AudioLevelExtension.Unknown },
        // Nothing in it, and another form.
        { "BEDE 0000", AudioLevelExtension.Unknown },
        { "ABCD 0001 50 2A 00 00", AudioLevelExtension.Unknown },
    };

    [Theory]
    [MemberData(nameof(Extensions))]
    public void A_level_is_found_in_either_form_of_elements(string extension, byte level)
    {
        Assert.Equal(level, AudioLevelExtension.Read(Packet(extension), Id));
        Assert.Equal(level, AudioLevelExtension.Read(Packet(extension, sources: 3), Id));
    }

    [Fact]
    public void A_packet_without_an_extension_has_none()
    {
        var packet = Packet("BEDE 0001 50 2A 00 00");
        packet[0] = 0x80;
        Assert.Equal(AudioLevelExtension.Unknown, AudioLevelExtension.Read(packet, Id));
        Assert.Equal(AudioLevelExtension.Unknown, AudioLevelExtension.Read([], Id));
    }

    [Fact]
    public void What_is_written_is_read_and_the_payload_stays_where_it_is()
    {
        var packet = new byte[RtpHeader.FixedSize + AudioLevelExtension.Size + 3];
        new RtpHeader(111, true, 7, 8, 9).Write(packet);
        AudioLevelExtension.Write(packet, Id, 63);
        packet[^1] = 33;
        Assert.True(RtpHeader.TryParse(packet, out var header, out _));
        Assert.Equal((111, true, 3), (header.PayloadType, header.Marker, header.PayloadLength));
        Assert.Equal(33, packet[header.PayloadOffset + 2]);
        Assert.Equal(63, AudioLevelExtension.Read(packet, Id));
    }

    [Fact]
    public void Cut_short_at_any_byte_or_random_it_gives_a_level_or_none()
    {
        var random = new Random(6464);
        foreach (var row in Extensions)
        {
            var packet = Packet(row.Data.Item1, sources: 1);
            for (var length = 0; length < packet.Length; length++)
                Assert.InRange(AudioLevelExtension.Read(packet.AsSpan(0, length), Id), 0, 127);
        }
        var bytes = new byte[64];
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            var sources = random.Next(8);
            bytes[0] = (byte)(0x90 | sources);
            (i % 2 == 0 ? OneByteElements : TwoByteElements).CopyTo(bytes.AsSpan(RtpHeader.FixedSize + (4 * sources)));
            Assert.InRange(AudioLevelExtension.Read(bytes.AsSpan(0, random.Next(bytes.Length)), (byte)random.Next(256)), 0, 127);
        }
    }

    private static byte[] Packet(string extension, int sources = 0)
    {
        var packet = new byte[RtpHeader.FixedSize + (4 * sources)];
        new RtpHeader(0, false, 1, 2, 3).Write(packet);
        packet[0] |= (byte)(0x10 | sources);
        return [.. packet, .. Convert.FromHexString(extension.Replace(" ", "", StringComparison.Ordinal))];
    }
}
