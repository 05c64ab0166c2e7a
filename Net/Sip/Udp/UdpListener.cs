using System.Net;
using System.Net.Sockets;
using Webphone.Net.Sip.Limits;

namespace Webphone.Net.Sip.Udp;

/// <summary>
/// One UDP socket for SIP. It receives synchronously on threads of its own, which costs a third less than asynchronously, and hands each datagram
/// over on that thread; sending is safe from any thread. No allocation per packet.
/// </summary>
internal sealed class UdpListener : IDisposable
{
    private const int LargestDatagram = 65_535;

    /// <summary>A send that finds the kernel's buffer full waits so long at most: the network is stuck then, and the datagram is lost.</summary>
    private const int SendTimeoutMs = 2;

    [ThreadStatic]
    private static SocketAddress? _destination4;

    [ThreadStatic]
    private static SocketAddress? _destination6;

    private readonly Socket _socket;
    private readonly IDatagramOwner _owner;
    private readonly Thread[] _threads;
    private volatile bool _stopped;

    /// <summary>Binds at once; throws <see cref="SocketException"/> when the address is taken.</summary>
    public UdpListener(int id, IPEndPoint endPoint, UdpSettings settings, IDatagramOwner owner)
    {
        Id = id;
        _owner = owner;
        _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendTimeout = SendTimeoutMs };
        try
        {
            KernelBuffers.Set(_socket, settings.ReceiveBufferBytes, settings.SendBufferBytes);
            _socket.Bind(endPoint);
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
        Local = (IPEndPoint)_socket.LocalEndPoint!;
        _threads = new Thread[settings.EffectiveReceiveThreads];
        for (var i = 0; i < _threads.Length; i++)
            _threads[i] = new Thread(Receive) { IsBackground = true, Name = $"sip-udp-{Local.Port}-{i}" };
    }

    public int Id { get; }

    public IPEndPoint Local { get; }

    public void Start()
    {
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Sends; false when the network refused it.</summary>
    public bool Send(IPEndPoint to, ReadOnlySpan<byte> datagram)
    {
        var destination = _socket.AddressFamily == AddressFamily.InterNetwork
            ? _destination4 ??= new SocketAddress(AddressFamily.InterNetwork)
            : _destination6 ??= new SocketAddress(AddressFamily.InterNetworkV6);
        if (!SourceAddress.From(to.Address).TryWrite(destination, (ushort)to.Port))
            return false;
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, destination) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _socket.Dispose();
        foreach (var thread in _threads)
        {
            if (thread.IsAlive && thread != Thread.CurrentThread)
                thread.Join();
        }
    }

    private void Receive()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
        var from = new SocketAddress(_socket.AddressFamily);
        var endPoints = new EndPointCache();
        while (!_stopped)
        {
            try
            {
                from.Size = from.Buffer.Length;
                var length = _socket.ReceiveFrom(buffer, SocketFlags.None, from);
                _owner.Received(this, endPoints.Find(from), buffer.AsSpan(0, length));
            }
            catch (SocketException)
            {
                // An earlier send's ICMP error, or the socket was closed, which ends the loop.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
