using System.Net;
using System.Net.Sockets;
using Webphone.Media.Endpoints;

namespace Webphone.Net.Media.Linux;

/// <summary>A pair of plain descriptors, or one socket for both. The gate guards reading and closing; senders have a lock of their own above.</summary>
internal sealed unsafe class EpollPort : MediaPort
{
    private readonly EpollLoop _loop;
    private readonly bool _isInet6;
    private readonly int _rtp;
    private readonly int _rtcp;

    private readonly Socket? _socket;

    private EpollPort(EpollLoop loop, ushort rtpPort, bool isInet6, int rtp, int rtcp, Socket? socket = null)
        : base(rtpPort)
    {
        _socket = socket;
        _loop = loop;
        _isInet6 = isInet6;
        _rtp = rtp;
        _rtcp = rtcp;
    }

    /// <summary>The loop's number for this pair.</summary>
    public int Slot { get; set; }

    public int Descriptor(bool rtcp) => rtcp ? _rtcp : _rtp;

    public static EpollPort? TryOpen(EpollLoop loop, IPAddress address, ushort rtpPort)
    {
        var isInet6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var rtp = OpenSocket(address, rtpPort, isInet6);
        if (rtp < 0)
            return null;
        var rtcp = OpenSocket(address, (ushort)(rtpPort + 1), isInet6);
        if (rtcp >= 0)
            return new EpollPort(loop, rtpPort, isInet6, rtp, rtcp);
        _ = LibC.Close(rtp);
        return null;
    }

    public static EpollPort Adopt(EpollLoop loop, Socket socket)
    {
        var descriptor = (int)socket.Handle;
        return new EpollPort(loop, (ushort)((IPEndPoint)socket.LocalEndPoint!).Port, socket.AddressFamily == AddressFamily.InterNetworkV6, descriptor, descriptor, socket);
    }

    public override bool Send(ReadOnlySpan<byte> datagram, TransportAddress to, bool rtcp)
    {
        if (IsClosed || to.IsNone || (!_isInet6 && !to.IsIPv4))
            return false;
        Span<byte> address = stackalloc byte[SocketAddressBytes.Size];
        var length = SocketAddressBytes.Write(address, to, _isInet6);
        fixed (byte* data = datagram)
        fixed (byte* name = address)
            return LibC.SendTo(Descriptor(rtcp), data, (nuint)datagram.Length, LibC.DontWait, name, (uint)length) == datagram.Length;
    }

    public override void Dispose()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _loop.Forget(this);
        if (_socket is not null)
        {
            _socket.Dispose();
            return;
        }
        _ = LibC.Close(_rtp);
        _ = LibC.Close(_rtcp);
    }

    private static int OpenSocket(IPAddress address, ushort port, bool isInet6)
    {
        var socket = LibC.Socket(isInet6 ? LibC.AddressFamilyInet6 : LibC.AddressFamilyInet, LibC.SocketDatagram | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (socket < 0)
            return -1;
        Span<byte> name = stackalloc byte[SocketAddressBytes.Size];
        var length = SocketAddressBytes.Write(name, new TransportAddress(TransportAddress.ToNumber(address), port), isInet6);
        fixed (byte* bytes = name)
        {
            if (LibC.Bind(socket, bytes, (uint)length) == 0)
                return socket;
        }
        _ = LibC.Close(socket);
        return -1;
    }
}
