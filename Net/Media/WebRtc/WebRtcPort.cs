using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Webphone.Media.Dtls;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;
using Webphone.Media.Rtp;
using Webphone.Media.Stun;
using Webphone.Net.Sip.Udp;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// The port that all browsers share. A check names its session by our user name fragment; DTLS, RTP and RTCP belong to the session whose check has proved
/// the address that they come from, and what comes from elsewhere is dropped and counted. Thread-safe.
/// </summary>
public sealed class WebRtcPort : IDisposable
{
    private const int ReceiveBuffer = 4 * 1024 * 1024;
    private const int FirstConnection = 16;

    private readonly ConcurrentDictionary<ulong, WebRtcTransport> _sessions = new();
    private readonly List<WebRtcUdp> _sockets = [];
    private readonly List<WebRtcListener> _listeners = [];
    private readonly MediaEngine _engine;
    private long _lastConnection = FirstConnection;

    /// <exception cref="WebRtcBindException">A place cannot be listened at; nothing is open then.</exception>
    internal WebRtcPort(WebRtcSettings settings, MediaEngine engine, MediaLoop loop, DateTimeOffset now)
    {
        _engine = engine;
        Settings = settings;
        Counters = new WebRtcCounters(() => Sessions, () => Connections);
        Dtls = new DtlsContext(DtlsCertificate.Make(now));
        var candidates = new List<IceCandidate>();
        try
        {
            for (var i = 0; i < settings.Places.Count; i++)
            {
                var (bind, advertised) = settings.Places[i];
                Open(loop, bind, i);
                candidates.Add(new IceCandidate(advertised, settings.Port, IsTcp: false, i));
                candidates.Add(new IceCandidate(advertised, settings.Port, IsTcp: true, i));
            }
        }
        catch (WebRtcBindException)
        {
            Dispose();
            throw;
        }
        Candidates = candidates;
    }

    public WebRtcCounters Counters { get; }

    /// <summary>Sessions now: one for each endpoint, two while one is replaced.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>TCP connections now.</summary>
    public int Connections => _listeners.Sum(listener => listener.Connections);

    internal WebRtcSettings Settings { get; }

    internal IReadOnlyList<IceCandidate> Candidates { get; } = [];

    internal DtlsContext Dtls { get; }

    internal MediaFaults Faults => _engine.Faults;

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
        foreach (var socket in _sockets)
            socket.Dispose();
        Dtls.Dispose();
        Counters.Dispose();
    }

    internal long NextLink() => Interlocked.Increment(ref _lastConnection);

    /// <summary>Makes the credentials of a session and lets its checks in.</summary>
    internal WebRtcTransport Begin(WebRtcLeg leg, TimeSpan now)
    {
        Span<byte> random = stackalloc byte[IceCredentials.RandomSize];
        while (true)
        {
            RandomNumberGenerator.Fill(random);
            var credentials = IceCredentials.Make(random);
            var transport = new WebRtcTransport(this, leg, credentials, now);
            if (_sessions.TryAdd(transport.Key, transport))
                return transport;
        }
    }

    internal void End(WebRtcTransport transport) => _sessions.TryRemove(transport.Key, out _);

    /// <summary>Judges one datagram, or one frame of a connection.</summary>
    /// <param name="buffer">The datagram and the room behind it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="path">The path that it came by, if a check has proved that.</param>
    /// <param name="where">The same, proved or not.</param>
    /// <param name="socket">The socket to answer by; null for a connection, whose path is given in any case.</param>
    /// <returns>Whether it was a check that proved the path.</returns>
    internal bool Take(Span<byte> buffer, int length, WebRtcPath? path, IcePath where, WebRtcUdp? socket)
    {
        var datagram = buffer[..length];
        switch (DatagramKinds.Classify(datagram))
        {
            case DatagramKind.Stun:
                return TakeCheck(datagram, path, where, socket);
            case DatagramKind.Rtp or DatagramKind.Rtcp when path?.Owner is { } owner:
                owner.Leg.TakeMedia(owner, path, buffer, length, _engine.Clock.Now);
                return false;
            case DatagramKind.Dtls when path?.Owner is { } owner:
                owner.Leg.QueueHandshake(owner, path, datagram);
                return false;
            case DatagramKind.Junk:
                Counters.Count(WebRtcDrop.Junk);
                return false;
            default:
                Counters.Count(WebRtcDrop.ForeignSource);
                return false;
        }
    }

    private bool TakeCheck(ReadOnlySpan<byte> datagram, WebRtcPath? path, IcePath where, WebRtcUdp? socket)
    {
        if (!StunMessage.TryParse(datagram, out var message, out _))
        {
            Counters.Count(WebRtcDrop.Junk);
            return false;
        }
        // An indication keeps a NAT open and asks for nothing.
        if (message.Type == StunType.BindingIndication)
            return false;
        var colon = message.Username.IndexOf((byte)':');
        if (colon < 0 || !IceCredentials.TryKey(message.Username[..colon], out var key) || !_sessions.TryGetValue(key, out var transport))
        {
            Counters.Count(WebRtcDrop.UnknownSession);
            return false;
        }
        Span<byte> response = stackalloc byte[StunWriter.MaxSize];
        var result = transport.Leg.TakeCheck(transport, message, path, where, socket, _engine.Clock.Now, response, out var length);
        if (result is IceCheck.Forged or IceCheck.Junk)
            Counters.Count(result == IceCheck.Forged ? WebRtcDrop.ForgedCheck : WebRtcDrop.Junk);
        if (length > 0)
            _ = socket is null ? path!.Send(response[..length]) : socket.Send(response[..length], where.Remote);
        return result == IceCheck.Valid;
    }

    private void Open(MediaLoop loop, IPAddress bind, int link)
    {
        var local = new IPEndPoint(bind, Settings.Port);
        var udp = new WebRtcUdp(this, link);
        udp.Attach(loop.Adopt(OpenUdp(local), udp));
        _sockets.Add(udp);
        try
        {
            _listeners.Add(new WebRtcListener(this, local));
        }
        catch (SocketException cause)
        {
            throw new WebRtcBindException(local, ProtocolType.Tcp, cause);
        }
    }

    private static Socket OpenUdp(IPEndPoint local)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            KernelBuffers.Set(socket, ReceiveBuffer, ReceiveBuffer);
            socket.Bind(local);
            return socket;
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new WebRtcBindException(local, ProtocolType.Udp, cause);
        }
    }
}
