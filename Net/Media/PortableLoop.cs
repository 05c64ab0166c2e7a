using System.Net;
using System.Net.Sockets;
using Webphone.Media.Endpoints;

namespace Webphone.Net.Media;

/// <summary>The loop for systems without epoll: asynchronous sockets and the time provider's timer, the same meaning at a higher price.</summary>
internal sealed class PortableLoop : MediaLoop
{
    private readonly Lock _turns = new();
    private readonly ITimer _timer;

    public PortableLoop(MediaClock clock, MediaFaults faults, TimeProvider time)
        : base(clock, faults) => _timer = time.CreateTimer(_ => Turn(), null, TickWheel.Rest, TickWheel.Rest);

    public override MediaPort? TryOpen(IPAddress address, ushort rtpPort, IDatagramSink sink)
    {
        if (TryBind(address, rtpPort) is not { } rtp)
            return null;
        if (TryBind(address, (ushort)(rtpPort + 1)) is not { } rtcp)
        {
            rtp.Dispose();
            return null;
        }
        return new PortablePort(rtpPort, rtp, rtcp, sink, Faults);
    }

    public override MediaPort Adopt(Socket socket, IDatagramSink sink) =>
        new PortablePort((ushort)((IPEndPoint)socket.LocalEndPoint!).Port, socket, socket, sink, Faults);

    public override void Dispose() => _timer.Dispose();

    protected override void Pace(TimeSpan every) => _timer.Change(every, every);

    private static Socket? TryBind(IPAddress address, ushort port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void Turn()
    {
        // A timer that overtakes itself finds its work being done.
        if (!_turns.TryEnter())
            return;
        try
        {
            RunTurns();
        }
        finally
        {
            _turns.Exit();
        }
    }
}

/// <summary>A pair of the system's sockets, or one for both, each with one receive outstanding.</summary>
internal sealed class PortablePort : MediaPort
{
    private readonly Socket _rtp;
    private readonly Socket _rtcp;
    private readonly SocketAddress _destination;
    private readonly MediaFaults _faults;

    public PortablePort(ushort rtpPort, Socket rtp, Socket rtcp, IDatagramSink sink, MediaFaults faults)
        : base(rtpPort)
    {
        _faults = faults;
        Sink = sink;
        _rtp = rtp;
        _rtcp = rtcp;
        _destination = new IPEndPoint(rtp.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Serialize();
        _ = Receive(rtp, isRtcp: false);
        if (rtcp != rtp)
            _ = Receive(rtcp, isRtcp: true);
    }

    public override bool Send(ReadOnlySpan<byte> datagram, TransportAddress to, bool rtcp)
    {
        var isInet6 = _destination.Family == AddressFamily.InterNetworkV6;
        if (IsClosed || to.IsNone || (!isInet6 && !to.IsIPv4))
            return false;
        Write(_destination.Buffer.Span, to, isInet6);
        try
        {
            return (rtcp ? _rtcp : _rtp).SendTo(datagram, SocketFlags.None, _destination) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private static void Write(Span<byte> bytes, TransportAddress to, bool isInet6)
    {
        // The family stands in the first bytes already; the rest is laid out alike on every system.
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (isInet6)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], to.Ip);
        else
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4);
    }

    private static TransportAddress Read(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        var port = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetworkV6
            ? new TransportAddress(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]), port)
            : TransportAddress.FromIPv4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
    }

    private async Task Receive(Socket socket, bool isRtcp)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(MediaLoop.BufferSize, pinned: true);
        var from = new SocketAddress(socket.AddressFamily);
        // Leaves the constructor at once, whatever already waits in the socket.
        await Task.Yield();
        while (!IsClosed)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer.AsMemory(0, MediaLoop.MaxDatagram), SocketFlags.None, from);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (!IsClosed)
            {
                // An unreachable peer of a datagram that went out; the socket itself is well.
                continue;
            }
            catch (SocketException)
            {
                return;
            }
            try
            {
                lock (Gate)
                {
                    if (IsClosed)
                        return;
                    Sink.OnDatagram(buffer, length, Read(from), isRtcp);
                }
            }
            catch (Exception e)
            {
                _faults.Report(e);
            }
        }
    }
}
