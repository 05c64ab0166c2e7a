using System.Buffers.Binary;
using System.Net;

namespace Webphone.Media.Endpoints;

/// <summary>An address and port as plain values, IPv4 in its IPv6-mapped form, so that packets compare and copy without allocation.</summary>
public readonly record struct TransportAddress(UInt128 Ip, ushort Port)
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    public bool IsNone => Port == 0;

    public bool IsIPv4 => Ip >> 32 == MappedPrefix >> 32;

    /// <summary>The IPv4 address in host order.</summary>
    public uint IPv4 => (uint)Ip;

    public static TransportAddress FromIPv4(uint address, ushort port) => new(MappedPrefix | address, port);

    public static TransportAddress From(IPEndPoint? endPoint) => endPoint is null ? default : new(ToNumber(endPoint.Address), (ushort)endPoint.Port);

    public static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) && length == 4
            ? MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        return new IPEndPoint(IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes), Port);
    }

    public override string ToString() => IsNone ? "none" : ToEndPoint().ToString();
}
