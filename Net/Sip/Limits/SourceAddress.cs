using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Sip.Limits;

/// <summary>An IP address as one number, IPv4 in its IPv6-mapped form, so that tables and network masks need no allocation and no case distinction.</summary>
public readonly record struct SourceAddress(UInt128 Bits)
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    public bool IsIPv4 => Bits >> 32 == 0xFFFF;

    /// <summary>What limits count by: the address itself for IPv4, its /64 for IPv6, since a host there has a whole /64 to itself.</summary>
    public SourceAddress Accountable => IsIPv4 ? this : new(Bits >> 64 << 64);

    public static SourceAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? new(MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Writes it, with the port, into a socket address as Linux lays it out (sockaddr_in, sockaddr_in6); false when the family cannot hold it.</summary>
    public bool TryWrite(SocketAddress destination, ushort port)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var bytes = destination.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], port);
        if (destination.Family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)Bits);
            return IsIPv4;
        }
        BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], Bits);
        return true;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    public override string ToString() => ToIPAddress().ToString();
}
