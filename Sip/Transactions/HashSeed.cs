using System.Buffers.Binary;

namespace Webphone.Sip.Transactions;

/// <summary>The secret key of a <see cref="KeyedHash"/>: 16 bytes from a secure source, new with each start of the process.</summary>
public readonly record struct HashSeed(ulong K0, ulong K1)
{
    /// <summary>Reads a seed from the first 16 bytes.</summary>
    public static HashSeed From(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
}
