using System.Numerics;

namespace Webphone.Media.Codecs;

/// <summary>The companding laws of ITU-T G.711 between 8 bits and 16-bit linear samples.</summary>
public static class G711
{
    private const int MuLawBias = 0x84;
    private const int Clip = 32635;
    private static readonly short[] MuLawSamples = Table(ExpandMuLaw);
    private static readonly short[] ALawSamples = Table(ExpandALaw);

    public static byte EncodeMuLaw(short sample)
    {
        var sign = (sample >> 8) & 0x80;
        var magnitude = Math.Min(sample < 0 ? -sample : sample, Clip) + MuLawBias;
        var exponent = BitOperations.Log2((uint)magnitude) - 7;
        return (byte)~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F));
    }

    public static byte EncodeALaw(short sample)
    {
        var sign = (~sample >> 8) & 0x80;
        var magnitude = Math.Min(sample < 0 ? ~sample : sample, Clip);
        if (magnitude < 256)
            return (byte)((magnitude >> 4) ^ sign ^ 0x55);
        var exponent = BitOperations.Log2((uint)magnitude) - 7;
        return (byte)(((exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) ^ sign ^ 0x55);
    }

    public static short DecodeMuLaw(byte code) => MuLawSamples[code];

    public static short DecodeALaw(byte code) => ALawSamples[code];

    private static short[] Table(Func<byte, short> expand)
    {
        var table = new short[256];
        for (var i = 0; i < table.Length; i++)
            table[i] = expand((byte)i);
        return table;
    }

    private static short ExpandMuLaw(byte code)
    {
        var value = (byte)~code;
        var magnitude = ((((value & 0x0F) << 3) + MuLawBias) << ((value >> 4) & 7)) - MuLawBias;
        return (short)((value & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static short ExpandALaw(byte code)
    {
        var value = code ^ 0x55;
        var segment = (value >> 4) & 7;
        var magnitude = ((value & 0x0F) << 4) + 8;
        if (segment > 0)
            magnitude = (magnitude + 0x100) << (segment - 1);
        return (short)((value & 0x80) != 0 ? magnitude : -magnitude);
    }
}

/// <summary>PCMU or PCMA; it has no state.</summary>
public sealed class G711Encoder(AudioCodec law) : IAudioEncoder
{
    public AudioCodec Codec => law;

    public int SampleRate => 8000;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        payload = payload[..samples.Length];
        if (law == AudioCodec.Pcma)
        {
            for (var i = 0; i < payload.Length; i++)
                payload[i] = G711.EncodeALaw(samples[i]);
        }
        else
        {
            for (var i = 0; i < payload.Length; i++)
                payload[i] = G711.EncodeMuLaw(samples[i]);
        }
        return payload.Length;
    }

    public void Dispose()
    {
    }
}

/// <summary>PCMU or PCMA; it has no state.</summary>
public sealed class G711Decoder(AudioCodec law) : IAudioDecoder
{
    public AudioCodec Codec => law;

    public int SampleRate => 8000;

    public int CountSamples(ReadOnlySpan<byte> payload) => payload.Length;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = Math.Min(payload.Length, samples.Length);
        if (law == AudioCodec.Pcma)
        {
            for (var i = 0; i < count; i++)
                samples[i] = G711.DecodeALaw(payload[i]);
        }
        else
        {
            for (var i = 0; i < count; i++)
                samples[i] = G711.DecodeMuLaw(payload[i]);
        }
        return count;
    }

    public bool TryConceal(Span<short> samples) => false;

    public void Dispose()
    {
    }
}
