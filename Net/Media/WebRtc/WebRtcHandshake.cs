using Webphone.Media.Dtls;
using Webphone.Media.Srtp;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// One DTLS association of a transport. As the server it serves the first hello that comes; another one replaces it only when the first has led nowhere for a
/// while, so that a stranger who forges a hello cannot keep the peer out, nor push out the peer's. Not thread-safe: the leg's gate is held.
/// </summary>
internal sealed class WebRtcHandshake : IDisposable
{
    /// <summary>How long a handshake may stand still before another hello replaces it.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private const int FragmentOffsetAt = 13 + 6;
    private const int RandomAt = 13 + 12 + 2;
    private const int RandomSize = 32;
    private const byte HandshakeRecord = 22;
    private const byte ClientHello = 1;

    private readonly WebRtcPort _port;
    private readonly byte[] _hello = new byte[RandomSize];
    private DtlsConnection _dtls;
    private TimeSpan _progress;

    public WebRtcHandshake(WebRtcPort port, DtlsRole role, TimeSpan now)
    {
        _port = port;
        _dtls = new DtlsConnection(port.Dtls, role);
        _progress = now;
    }

    public DtlsState State => _dtls.State;

    /// <summary>Whether a datagram begins with a client's hello, or with the first fragment of one: with keys of today's size it takes two datagrams.</summary>
    public static bool IsHello(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= RandomAt + RandomSize && datagram[0] == HandshakeRecord && datagram[3] == 0 && datagram[4] == 0 && datagram[13] == ClientHello
        && datagram.Slice(FragmentOffsetAt, 3).IndexOfAnyExcept((byte)0) < 0;

    public void Start(WebRtcPath path)
    {
        _dtls.Start();
        Flush(path);
    }

    public void Receive(ReadOnlySpan<byte> datagram, WebRtcPath path, TimeSpan now)
    {
        if (_dtls.Role == DtlsRole.Server && _dtls.State == DtlsState.Handshaking && IsHello(datagram) && !TakeHello(datagram.Slice(RandomAt, RandomSize), now))
        {
            _port.Counters.Count(WebRtcDrop.UnexpectedHello);
            return;
        }
        _dtls.Receive(datagram);
        if (Flush(path))
            _progress = now;
    }

    /// <summary>Sends again what was not answered in time.</summary>
    public void Tick(WebRtcPath? path)
    {
        if (path is null || _dtls.Timeout is not { } due || due > TimeSpan.Zero)
            return;
        _dtls.OnTimeout();
        Flush(path);
    }

    public bool IsPeer(RemoteTransport remote) => _dtls.IsPeer(remote.Fingerprints);

    public bool TryExport(out SrtpMasterKey? local, out SrtpMasterKey? remote) => _dtls.TryExport(out local, out remote);

    public void Close(WebRtcPath? path)
    {
        _dtls.Close();
        if (path is not null)
            Flush(path);
    }

    public void Dispose() => _dtls.Dispose();

    private bool TakeHello(ReadOnlySpan<byte> random, TimeSpan now)
    {
        var first = _hello.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        if (!first && !random.SequenceEqual(_hello))
        {
            if (now - _progress < Stall)
                return false;
            _dtls.Dispose();
            _dtls = new DtlsConnection(_port.Dtls, DtlsRole.Server);
        }
        random.CopyTo(_hello);
        return true;
    }

    private bool Flush(WebRtcPath path)
    {
        var any = false;
        while (_dtls.TryTake(out var datagram))
        {
            path.Send(datagram);
            any = true;
        }
        return any;
    }
}
