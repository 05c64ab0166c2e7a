using System.Buffers;
using System.Buffers.Binary;
using Webphone.Media.Codecs;
using Webphone.Media.Recording;

namespace Webphone.Media.Tests.Recording;

/// <summary>Makes files of frames, and reads them back as any player would: by the formats, not by the code that writes them.</summary>
internal static class RecordedFile
{
    /// <summary>A whole file of a tone on each side.</summary>
    public static byte[] Make(RecordingCoding coding, int frames, double leftHz, double rightHz, bool end = true)
    {
        using var encoder = RecordingEncoders.Create(coding, serial: 7);
        var file = new ArrayBufferWriter<byte>();
        encoder.Begin(file);
        for (var i = 0; i < frames; i++)
            encoder.Write(Frame(leftHz, rightHz, i), file);
        encoder.Flush(file);
        if (end)
            encoder.End(file);
        var bytes = file.WrittenSpan.ToArray();
        Span<byte> head = new byte[RecordingEncoders.MaxHead];
        head[..encoder.WriteHead(head)].CopyTo(bytes);
        return bytes;
    }

    public static short[] Frame(double leftHz, double rightHz, int index)
    {
        var start = index * RecordingFormat.ChannelSamples;
        var left = Sine.Make(leftHz, RecordingFormat.SampleRate, RecordingFormat.ChannelSamples, start: start);
        var right = Sine.Make(rightHz, RecordingFormat.SampleRate, RecordingFormat.ChannelSamples, start: start);
        var frame = new short[RecordingFormat.FrameSamples];
        for (var i = 0; i < left.Length; i++)
            (frame[2 * i], frame[2 * i + 1]) = (left[i], right[i]);
        return frame;
    }

    /// <summary>The channels of a stereo WAV file.</summary>
    public static (short[] Left, short[] Right) ReadWav(ReadOnlySpan<byte> file)
    {
        Assert.True(file[..4].SequenceEqual("RIFF"u8) && file[8..16].SequenceEqual("WAVEfmt "u8));
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file[4..]));
        Assert.Equal(2, BinaryPrimitives.ReadInt16LittleEndian(file[22..]));
        Assert.Equal(RecordingFormat.SampleRate, BinaryPrimitives.ReadInt32LittleEndian(file[24..]));
        Assert.Equal(4 * RecordingFormat.SampleRate, BinaryPrimitives.ReadInt32LittleEndian(file[28..]));
        Assert.Equal(4, BinaryPrimitives.ReadInt16LittleEndian(file[32..]));
        Assert.Equal(file.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(file[40..]));
        var samples = (file.Length - 44) / 4;
        var (left, right) = (new short[samples], new short[samples]);
        for (var i = 0; i < samples; i++)
        {
            left[i] = BinaryPrimitives.ReadInt16LittleEndian(file[(44 + 4 * i)..]);
            right[i] = BinaryPrimitives.ReadInt16LittleEndian(file[(46 + 4 * i)..]);
        }
        return (left, right);
    }

    /// <summary>The packets of an Ogg stream, with the granule position and the flags of its last page.</summary>
    public static (List<byte[]> Packets, long Granule, byte Flags) ReadOgg(ReadOnlySpan<byte> file)
    {
        var packets = new List<byte[]>();
        var packet = new List<byte>();
        long granule = 0;
        byte flags = 0;
        for (uint sequence = 0; !file.IsEmpty; sequence++)
        {
            Assert.True(file[..4].SequenceEqual("OggS"u8));
            flags = file[5];
            granule = BinaryPrimitives.ReadInt64LittleEndian(file[6..]);
            Assert.Equal(7u, BinaryPrimitives.ReadUInt32LittleEndian(file[14..]));
            Assert.Equal(sequence, BinaryPrimitives.ReadUInt32LittleEndian(file[18..]));
            int segments = file[26], at = 27 + segments;
            for (var i = 0; i < segments; i++)
            {
                packet.AddRange(file.Slice(at, file[27 + i]));
                at += file[27 + i];
                if (file[27 + i] == 255)
                    continue;
                packets.Add([.. packet]);
                packet.Clear();
            }
            Assert.Equal(SlowChecksum(file[..at]), BinaryPrimitives.ReadUInt32LittleEndian(file[22..]));
            file = file[at..];
        }
        return (packets, granule, flags);
    }

    /// <summary>Both channels of a packet of two streams, the first of which is delimited (RFC 6716 appendix B).</summary>
    public static void Decode(ReadOnlySpan<byte> packet, OpusDecoder left, OpusDecoder right, Span<short> leftSamples, Span<short> rightSamples)
    {
        Assert.Equal(0, packet[0] & 3);
        int length = packet[1], at = 2;
        if (length >= 252)
            length += 4 * packet[at++];
        byte[] first = [packet[0], .. packet.Slice(at, length)];
        Assert.Equal(leftSamples.Length, left.Decode(first, leftSamples));
        Assert.Equal(rightSamples.Length, right.Decode(packet[(at + length)..], rightSamples));
    }

    private static uint SlowChecksum(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        for (var i = 0; i < page.Length; i++)
        {
            crc ^= (uint)(i is >= 22 and < 26 ? 0 : page[i]) << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
        }
        return crc;
    }
}
