using System.Collections.Concurrent;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;

namespace Webphone.Net.Media.WebRtc;

/// <summary>A way to a peer that a check has proved, and the transport whose it is.</summary>
internal abstract class WebRtcPath(IcePath where)
{
    public IcePath Where => where;

    /// <summary>Whose packets come by it; null once that transport is gone.</summary>
    public WebRtcTransport? Owner { get; set; }

    /// <summary>Sends without waiting; false when it did not go.</summary>
    public abstract bool Send(ReadOnlySpan<byte> datagram);

    /// <summary>The transport is gone, and with it what was kept for its path.</summary>
    public abstract void Forget();
}

/// <summary>An address behind the shared UDP socket.</summary>
internal sealed class UdpPath(WebRtcUdp socket, TransportAddress remote) : WebRtcPath(new IcePath(remote, socket.Link))
{
    public override bool Send(ReadOnlySpan<byte> datagram) => socket.Send(datagram, Where.Remote);

    public override void Forget() => socket.Forget(this);
}

/// <summary>The shared UDP socket of one local address: tells its datagrams apart by the peer's session, or by the address that a check has proved.</summary>
internal sealed class WebRtcUdp(WebRtcPort shared, long link) : IDatagramSink, IDisposable
{
    private readonly ConcurrentDictionary<TransportAddress, UdpPath> _paths = new();
    private MediaPort _port = null!;

    public long Link => link;

    public void Attach(MediaPort port) => _port = port;

    public bool Send(ReadOnlySpan<byte> datagram, TransportAddress to) => _port.Send(datagram, to, rtcp: false);

    /// <summary>The path of an address that has just been proved.</summary>
    public UdpPath PathTo(TransportAddress remote) => _paths.GetOrAdd(remote, static (address, socket) => new UdpPath(socket, address), this);

    public void Forget(UdpPath path) => _paths.TryRemove(KeyValuePair.Create(path.Where.Remote, path));

    void IDatagramSink.OnDatagram(Span<byte> buffer, int length, TransportAddress from, bool isRtcp)
    {
        _paths.TryGetValue(from, out var path);
        shared.Take(buffer, length, path, new IcePath(from, link), this);
    }

    public void Dispose()
    {
        lock (_port.Gate)
            _port.Dispose();
    }
}
