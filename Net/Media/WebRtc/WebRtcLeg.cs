using Webphone.Media.Endpoints;
using Webphone.Media.Ice;
using Webphone.Media.Stun;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// The transport side of an endpoint that speaks WebRTC: at most one transport in force and one that is to replace it. Media goes by the one in force; the other
/// takes over once it has keys. What was negotiated reaches the endpoint with the keys, so nothing goes out unprotected. Safe from any thread.
/// </summary>
public sealed class WebRtcLeg : ITicking, IThreadPoolWorkItem, IDisposable
{
    /// <summary>How long a peer that was heard may be silent before its media counts as lost.</summary>
    public static readonly TimeSpan SilenceToLost = TimeSpan.FromSeconds(1.5);

    /// <summary>The same for a peer that need not send, by its checks alone: browsers check every 2.5 to 6 s.</summary>
    public static readonly TimeSpan ChecksToLost = TimeSpan.FromSeconds(8);

    private const int HandshakeBacklog = 32;

    /// <summary>Stands for the peer in the endpoint, whose packets are the peer's by proof and not by address: the discard prefix of RFC 6666.</summary>
    private static readonly TransportAddress Peer = new((UInt128)0x0100 << 112, 9);

    private readonly WebRtcPort _port;
    private readonly MediaLoop _loop;
    private readonly MediaClock _clock;
    private readonly Port _media;
    private readonly Queue<(WebRtcTransport Transport, WebRtcPath Path, byte[] Datagram)> _handshakes = new();
    private MediaEndpoint _endpoint = null!;
    private int _secondPhase = -1;
    private int _framePhase = -1;
    private bool _scheduled;

    // Under the gate.
    private volatile WebRtcTransport? _current;
    private WebRtcTransport? _next;
    private (LocalMedia Local, RemoteMedia Remote)? _negotiated;
    private TimeSpan _since;
    private bool _lost = true;
    private bool _silent;

    internal WebRtcLeg(WebRtcPort port, MediaLoop loop, MediaClock clock)
    {
        _port = port;
        _loop = loop;
        _clock = clock;
        _media = new Port(this, (ushort)port.Settings.Port);
    }

    /// <summary>What our description says: of the transport that is to come, else of the one in force; null before the first.</summary>
    public LocalTransport? Local
    {
        get
        {
            lock (_media.Gate)
                return (_next ?? _current) is { } latest ? Describe(latest) : null;
        }
    }

    /// <summary>There is a transport with keys, and its peer has not fallen silent. That it is up, the first time and again, is told as the peer's return.</summary>
    public bool IsUp
    {
        get
        {
            lock (_media.Gate)
                return _current is not null && !_lost;
        }
    }

    /// <summary>Whether the latest transport has been given its peer.</summary>
    public bool HasPeer
    {
        get
        {
            lock (_media.Gate)
                return (_next ?? _current)?.Remote is not null;
        }
    }

    internal MediaPort MediaPort => _media;

    /// <summary>Whether these are the peer's credentials of the latest transport: then its description changes no transport.</summary>
    public bool IsLatest(IceCredentials remote)
    {
        lock (_media.Gate)
            return (_next ?? _current)?.Remote?.Credentials.Equals(remote) == true;
    }

    /// <summary>Makes the transport that is to come, in place of one that has not come yet; null after the endpoint's release.</summary>
    public LocalTransport? Prepare()
    {
        lock (_media.Gate)
        {
            if (_media.IsClosed)
                return null;
            _next?.End(goodbye: false);
            _next = _port.Begin(this, _clock.Now);
            return Describe(_next);
        }
    }

    /// <summary>Gives the transport that is to come its peer.</summary>
    public void Start(RemoteTransport remote)
    {
        lock (_media.Gate)
        {
            if (_media.IsClosed || (_next ?? _current) is not { } transport)
                return;
            if (_since == default)
                _since = _clock.Now;
            transport.Start(remote, _clock.Now);
            Follow(transport);
        }
    }

    /// <summary>What was negotiated, without addresses and keys; again after every offer and answer.</summary>
    public void Apply(LocalMedia local, RemoteMedia remote)
    {
        lock (_media.Gate)
        {
            _negotiated = (local, remote with { Rtp = Peer.ToEndPoint(), RtcpMultiplexed = true });
            ApplyKeyed();
        }
    }

    void IDisposable.Dispose() => _endpoint.Release();

    void ITicking.OnFrame(TimeSpan now)
    {
        lock (_media.Gate)
        {
            _next?.Tick();
            _current?.Tick();
            UpdateTicks();
        }
    }

    void ITicking.OnSecond(TimeSpan now)
    {
        lock (_media.Gate)
        {
            if (_media.IsClosed)
                return;
            if (_next is { Remote: not null } next && now - next.Started >= IceLiteAgent.ConsentTime && _current is not null)
            {
                next.End(goodbye: false);
                _next = null;
            }
            WatchConsent(now);
            WatchMedia(now);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            (WebRtcTransport Transport, WebRtcPath Path, byte[] Datagram) taken;
            lock (_handshakes)
            {
                if (!_handshakes.TryDequeue(out taken))
                {
                    _scheduled = false;
                    return;
                }
            }
            try
            {
                lock (_media.Gate)
                {
                    taken.Transport.TakeHandshake(taken.Path, taken.Datagram, _clock.Now);
                    UpdateTicks();
                }
            }
            catch (Exception e)
            {
                _port.Faults.Report(e);
            }
        }
    }

    internal void Attach(MediaEndpoint endpoint)
    {
        _endpoint = endpoint;
        _secondPhase = _loop.Wheel.AddSecond(this);
    }

    internal IceCheck TakeCheck(
        WebRtcTransport transport, in StunMessage message, WebRtcPath? path, IcePath where, WebRtcUdp? socket, TimeSpan now, Span<byte> response, out int length)
    {
        lock (_media.Gate)
        {
            var result = transport.TakeCheck(message, path, where, socket, now, response, out length);
            if (result != IceCheck.Valid)
                return result;
            Follow(transport);
            if (transport == _current)
            {
                _silent = false;
                if (_lost && !transport.IsClosed)
                    Return();
            }
            return result;
        }
    }

    internal void TakeMedia(WebRtcTransport transport, WebRtcPath path, Span<byte> buffer, int length, TimeSpan now)
    {
        lock (_media.Gate)
        {
            if (_media.IsClosed || transport != _current)
            {
                _port.Counters.Count(WebRtcDrop.NotKeyed);
                return;
            }
            _media.Sink.OnDatagram(buffer, length, Peer, isRtcp: false);
            if (_endpoint.LastHeard != now)
                return;
            transport.Heard(path);
            if (_lost)
                Return();
        }
    }

    /// <summary>A handshake takes too long for the thread that moves media: it is done on the pool, in order.</summary>
    internal void QueueHandshake(WebRtcTransport transport, WebRtcPath path, ReadOnlySpan<byte> datagram)
    {
        lock (_handshakes)
        {
            if (_handshakes.Count >= HandshakeBacklog)
            {
                _port.Counters.Count(WebRtcDrop.HandshakeBacklog);
                return;
            }
            _handshakes.Enqueue((transport, path, datagram.ToArray()));
            if (_scheduled)
                return;
            _scheduled = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>A connection ended.</summary>
    internal void Lose(WebRtcPath path)
    {
        lock (_media.Gate)
            path.Owner?.Lose(path);
    }

    /// <summary>A transport has keys, its first or others; the gate is held.</summary>
    internal void OnKeyed(WebRtcTransport transport)
    {
        if (transport == _next)
        {
            var before = _current;
            (_current, _next) = (_next, null);
            before?.End(goodbye: false);
        }
        if (transport != _current)
            return;
        ApplyKeyed();
        if (_lost)
            Return();
    }

    private LocalTransport Describe(WebRtcTransport transport) => new(transport.Ice.Local, _port.Candidates, _port.Dtls.Certificate.Fingerprint);

    /// <summary>A transport got a step further: it may take over the association of the one in force.</summary>
    private void Follow(WebRtcTransport transport)
    {
        if (transport == _next && _current is { Remote: { } before } current && !current.IsClosed
            && transport is { Selected: not null, IsShaking: false, Remote: { } remote } && remote.IsSamePeer(before))
        {
            transport.Adopt(current);
            OnKeyed(transport);
        }
        UpdateTicks();
    }

    private void ApplyKeyed()
    {
        if (_current?.Keys is not var (local, remote) || _negotiated is not { } media)
            return;
        _endpoint.Apply(media.Local with { Key = local }, media.Remote with { Key = remote });
    }

    /// <summary>Without consent nothing is sent (RFC 7675), and the peer is gone for good. One that never came gets no more time by trying again.</summary>
    private void WatchConsent(TimeSpan now)
    {
        var since = _current?.Ice.LastCheck ?? _since;
        var isReplaced = _current is not null && _next is { } next && now - next.Started < IceLiteAgent.ConsentTime;
        if (_silent || isReplaced || since == default || now - since < IceLiteAgent.ConsentTime)
            return;
        _silent = true;
        _endpoint.TellSilent();
    }

    private void WatchMedia(TimeSpan now)
    {
        if (_current is not { } current || _lost)
            return;
        var heard = _endpoint.LastHeard;
        var check = current.Ice.LastCheck ?? heard;
        var latest = check > heard ? check : heard;
        // A peer whose checks go on without media has nothing to say.
        var quiet = check - heard > SilenceToLost;
        if (current.IsClosed || now - latest >= (quiet || !_endpoint.ExpectsMedia ? ChecksToLost : SilenceToLost))
        {
            _lost = true;
            _endpoint.TellLost();
        }
    }

    private void Return()
    {
        _lost = false;
        _silent = false;
        _endpoint.TellBack();
    }

    private bool Send(ReadOnlySpan<byte> datagram) => !_silent && _current?.Selected is { } path && path.Send(datagram);

    private void UpdateTicks()
    {
        var needed = !_media.IsClosed && (_next?.IsShaking == true || _current?.IsShaking == true);
        if (needed && _framePhase < 0)
        {
            _framePhase = _loop.Wheel.AddFrame(this);
        }
        else if (!needed && _framePhase >= 0)
        {
            _loop.Wheel.RemoveFrame(this, _framePhase);
            _framePhase = -1;
        }
    }

    private void Close()
    {
        _next?.End(goodbye: false);
        _current?.End(goodbye: true);
        (_next, _current) = (null, null);
        UpdateTicks();
        if (_secondPhase >= 0)
            _loop.Wheel.RemoveSecond(this, _secondPhase);
    }

    /// <summary>What the endpoint takes for its pair of sockets.</summary>
    private sealed class Port(WebRtcLeg leg, ushort number) : MediaPort(number)
    {
        public override bool Send(ReadOnlySpan<byte> datagram, TransportAddress to, bool rtcp) => leg.Send(datagram);

        public override void Dispose()
        {
            if (IsClosed)
                return;
            IsClosed = true;
            leg.Close();
        }
    }
}
