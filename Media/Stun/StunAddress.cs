using System.Buffers.Binary;
using Webphone.Media.Endpoints;

namespace Webphone.Media.Stun;

/// <summary>XOR-MAPPED-ADDRESS (RFC 8489 section 14.2): an address xored with the cookie and the transaction id, so that no router rewrites it.</summary>
internal static class StunAddress
{
    private const byte IPv4 = 1;
    private const byte IPv6 = 2;

    /// <param name="value">The attribute's value.</param>
    /// <param name="mask">Cookie and transaction id, sixteen bytes.</param>
    /// <param name="address">What it names.</param>
    public static bool TryRead(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, out TransportAddress address)
    {
        address = default;
        if (value.Length < 8)
            return false;
        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ BinaryPrimitives.ReadUInt16BigEndian(mask));
        switch (value[1])
        {
            case IPv4 when value.Length == 8:
                address = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ BinaryPrimitives.ReadUInt32BigEndian(mask), port);
                return true;
            case IPv6 when value.Length == 20:
                address = new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(value[4..]) ^ BinaryPrimitives.ReadUInt128BigEndian(mask), port);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes the value and gives its length.</summary>
    public static int Write(Span<byte> destination, TransportAddress address, ReadOnlySpan<byte> mask)
    {
        destination[0] = 0;
        destination[1] = address.IsIPv4 ? IPv4 : IPv6;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(address.Port ^ BinaryPrimitives.ReadUInt16BigEndian(mask)));
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], address.IPv4 ^ BinaryPrimitives.ReadUInt32BigEndian(mask));
            return 8;
        }
        BinaryPrimitives.WriteUInt128BigEndian(destination[4..], address.Ip ^ BinaryPrimitives.ReadUInt128BigEndian(mask));
        return 20;
    }
}
