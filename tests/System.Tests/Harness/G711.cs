namespace Webphone.System.Tests.Harness;

/// <summary>G.711 straight from the recommendation's segments, slow and independent of the product's tables.</summary>
public static class G711
{
    public static short DecodeMu(byte code)
    {
        var bits = ~code & 0xFF;
        var magnitude = ((((bits & 0x0F) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }

    public static short DecodeA(byte code)
    {
        var bits = code ^ 0x55;
        var segment = (bits >> 4) & 7;
        var magnitude = ((bits & 0x0F) << 4) + 8;
        if (segment > 0)
        {
            magnitude = (magnitude + 0x100) << (segment - 1);
        }

        return (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
    }

    public static byte EncodeMu(short sample) => Nearest(sample, MuSorted);

    public static byte EncodeA(short sample) => Nearest(sample, ASorted);

    private static readonly (short Value, byte Code)[] MuSorted = Table(DecodeMu);

    private static readonly (short Value, byte Code)[] ASorted = Table(DecodeA);

    private static (short, byte)[] Table(Func<byte, short> decode)
    {
        return [.. Enumerable.Range(0, 256).Select(i => (decode((byte)i), (byte)i)).OrderBy(p => p.Item1)];
    }

    private static byte Nearest(short sample, (short Value, byte Code)[] sorted)
    {
        int low = 0, high = sorted.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle].Value < sample ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && sample - sorted[low - 1].Value < sorted[low].Value - sample ? sorted[low - 1].Code : sorted[low].Code;
    }
}
