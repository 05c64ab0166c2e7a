using System.Buffers.Binary;
using Webphone.Media.Codecs;

namespace Webphone.Media.Files;

/// <summary>Why a file cannot be played.</summary>
public enum WavError : byte
{
    None,
    NotWave,
    NoFormat,
    UnsupportedCoding,
    UnsupportedRate,
    UnsupportedChannels,
    NoSamples,
    TooLong,
}

/// <summary>Reads WAV files: 16-bit PCM, A-law and µ-law, mono or stereo (mixed to mono), 8 to 48 kHz.</summary>
public static class WavReader
{
    /// <summary>Longest sound that is accepted.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(30);

    private const ushort Pcm = 1;
    private const ushort ALaw = 6;
    private const ushort MuLaw = 7;
    private const ushort Extensible = 0xFFFE;

    /// <summary>Reads a whole file; a data chunk that was cut short gives the samples that are there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, out short[] samples, out int sampleRate, out WavError error)
    {
        samples = [];
        sampleRate = 0;
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            return Refuse(WavError.NotWave, out error);
        var rest = file[12..];
        Format? format = null;
        while (rest.Length >= 8)
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var body = rest.Slice(8, (int)Math.Min(size, (uint)(rest.Length - 8)));
            if (rest[..4].SequenceEqual("fmt "u8))
            {
                if (!TryReadFormat(body, out var found, out error))
                    return false;
                format = found;
            }
            else if (rest[..4].SequenceEqual("data"u8))
            {
                return format is { } known ? TryReadSamples(body, known, out samples, out sampleRate, out error) : Refuse(WavError.NoFormat, out error);
            }
            var next = 8 + (long)size + (size & 1);
            rest = next >= rest.Length ? [] : rest[(int)next..];
        }
        return Refuse(format is null ? WavError.NoFormat : WavError.NoSamples, out error);
    }

    private static bool TryReadFormat(ReadOnlySpan<byte> body, out Format format, out WavError error)
    {
        format = default;
        if (body.Length < 16)
            return Refuse(WavError.NoFormat, out error);
        var coding = BinaryPrimitives.ReadUInt16LittleEndian(body);
        if (coding == Extensible && body.Length >= 26)
            coding = BinaryPrimitives.ReadUInt16LittleEndian(body[24..]);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(body[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(body[14..]);
        if ((coding, bits) is not ((Pcm, 16) or (ALaw, 8) or (MuLaw, 8)))
            return Refuse(WavError.UnsupportedCoding, out error);
        if (rate is < 8000 or > 48000)
            return Refuse(WavError.UnsupportedRate, out error);
        if (channels is 0 or > 2)
            return Refuse(WavError.UnsupportedChannels, out error);
        format = new Format(coding, channels, (int)rate);
        error = WavError.None;
        return true;
    }

    private static bool TryReadSamples(ReadOnlySpan<byte> body, Format format, out short[] samples, out int sampleRate, out WavError error)
    {
        samples = [];
        sampleRate = format.Rate;
        var size = format.Coding == Pcm ? 2 : 1;
        var count = body.Length / (size * format.Channels);
        if (count == 0)
            return Refuse(WavError.NoSamples, out error);
        if (count > MaxDuration.TotalSeconds * format.Rate)
            return Refuse(WavError.TooLong, out error);
        samples = new short[count];
        for (var i = 0; i < count; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < format.Channels; channel++)
                sum += Sample(body, (i * format.Channels + channel) * size, format.Coding);
            samples[i] = (short)(sum / format.Channels);
        }
        error = WavError.None;
        return true;
    }

    private static short Sample(ReadOnlySpan<byte> body, int at, ushort coding) => coding switch
    {
        ALaw => G711.DecodeALaw(body[at]),
        MuLaw => G711.DecodeMuLaw(body[at]),
        _ => BinaryPrimitives.ReadInt16LittleEndian(body[at..]),
    };

    private static bool Refuse(WavError reason, out WavError error)
    {
        error = reason;
        return false;
    }

    private readonly record struct Format(ushort Coding, ushort Channels, int Rate);
}
