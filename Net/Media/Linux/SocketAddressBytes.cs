using System.Buffers.Binary;
using Webphone.Media.Endpoints;

namespace Webphone.Net.Media.Linux;

/// <summary>struct sockaddr_in and sockaddr_in6 of Linux to and from plain addresses.</summary>
internal static class SocketAddressBytes
{
    /// <summary>Room for either.</summary>
    public const int Size = 28;

    private const int InetSize = 16;

    public static int Write(Span<byte> destination, TransportAddress address, bool asInet6)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], address.Port);
        if (!asInet6)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, LibC.AddressFamilyInet);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], address.IPv4);
            return InetSize;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(destination, LibC.AddressFamilyInet6);
        BinaryPrimitives.WriteUInt128BigEndian(destination[8..], address.Ip);
        return Size;
    }

    public static TransportAddress Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(source) == LibC.AddressFamilyInet6
            ? new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(source[8..]), port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(source[4..]), port);
    }
}
