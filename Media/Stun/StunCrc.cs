namespace Webphone.Media.Stun;

/// <summary>The CRC-32 of ITU V.42, as FINGERPRINT takes it (RFC 8489 section 14.7).</summary>
internal static class StunCrc
{
    private const uint Mask = 0x5354554E;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The value of a FINGERPRINT that follows these bytes.</summary>
    public static uint Fingerprint(ReadOnlySpan<byte> message)
    {
        var crc = uint.MaxValue;
        foreach (var value in message)
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc ^ Mask;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
