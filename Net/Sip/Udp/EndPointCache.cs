using System.Net;
using System.Net.Sockets;

namespace Webphone.Net.Sip.Udp;

/// <summary>
/// Turns the socket addresses of packets into end points without allocating for those that were seen lately. Each address has one place, and the
/// latest holds it: forged addresses cost an allocation each and no memory. For one thread.
/// </summary>
internal sealed class EndPointCache
{
    private const int Places = 8_192;

    private readonly (ulong High, ulong Low, uint Head, IPEndPoint? EndPoint)[] _places = new (ulong, ulong, uint, IPEndPoint?)[Places];

    public IPEndPoint Find(SocketAddress address)
    {
        var bytes = address.Buffer.Span[..address.Size];
        var isV4 = address.Family == AddressFamily.InterNetwork;
        var head = BitConverter.ToUInt32(bytes);
        var high = isV4 ? BitConverter.ToUInt32(bytes[4..]) : BitConverter.ToUInt64(bytes[8..]);
        var low = isV4 ? 0 : BitConverter.ToUInt64(bytes[16..]);
        ref var place = ref _places[(uint)HashCode.Combine(high, low, head) % Places];
        if (place.EndPoint is { } known && place.High == high && place.Low == low && place.Head == head)
            return known;
        var endPoint = (IPEndPoint)new IPEndPoint(isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address);
        place = (high, low, head, endPoint);
        return endPoint;
    }
}
