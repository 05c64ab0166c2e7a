using System.Buffers.Binary;

namespace Webphone.Media.Files;

/// <summary>Writes 16-bit PCM WAV.</summary>
public static class WavWriter
{
    public const int HeaderSize = 44;

    /// <summary>The header for a number of samples of each channel; a recorder writes it again when it knows how many they became.</summary>
    public static void WriteHeader(Span<byte> destination, int sampleRate, int sampleCount, short channels = 1)
    {
        var sampleSize = (short)(2 * channels);
        var dataSize = sampleSize * sampleCount;
        "RIFF"u8.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], HeaderSize - 8 + dataSize);
        "WAVEfmt "u8.CopyTo(destination[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(destination[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(destination[22..], channels);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], sampleSize * sampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(destination[32..], sampleSize);
        BinaryPrimitives.WriteInt16LittleEndian(destination[34..], 16);
        "data"u8.CopyTo(destination[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination[40..], dataSize);
    }

    /// <summary>A whole mono file in memory.</summary>
    public static byte[] Write(ReadOnlySpan<short> samples, int sampleRate)
    {
        var file = new byte[HeaderSize + 2 * samples.Length];
        WriteHeader(file, sampleRate, samples.Length);
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderSize + 2 * i), samples[i]);
        return file;
    }
}
