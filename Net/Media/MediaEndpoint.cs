using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Playback;
using Webphone.Media.Rtcp;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Net.Media;

/// <summary>
/// One leg's place in the media engine: a pair of ports, what it receives, and what it is sent. Its packets are judged on its loop
/// under the port's gate; what it sends is made under a lock of its own, by whichever loop or thread has something for it. The gate
/// is always taken before that lock and no two endpoints' gates are held at once, so nothing can wait in a circle. Every operation
/// may be called from any thread, returns at once, and after <see cref="Release"/> does nothing.
/// </summary>
public sealed class MediaEndpoint : IDatagramSink, ITicking, IDisposable
{
    private readonly MediaEngine _engine;
    private readonly MediaLoop _loop;
    private readonly ObserverQueue? _observer;
    private readonly InboundStream _inbound = new();
    private readonly OutboundStream _outbound;
    private readonly RtcpSession _rtcp;
    private readonly Lock _sending = new();
    private readonly byte[] _frame = new byte[OutboundStream.MaxPacket];
    private readonly byte _variation;
    private MediaPort _port = null!;
    private int _secondPhase;

    // Under the port's gate.
    private MediaEndpoint? _peer;
    private MixMember? _member;
    private RemoteMedia? _remote;
    private LocalMedia _local = new();
    private MediaDirection _direction;
    private bool _silenceReported;
    private AudioCodec? _followed;

    private MediaRecorder? _recorder;

    // Under the sending lock.
    private TransportAddress _destination;
    private TransportAddress _rtcpDestination;
    private bool _maySend = true;
    private int _framePhase = -1;
    private TimeSpan _nextReport;
    private long _sendFailures;
    private bool _released;

    private MediaEndpoint(MediaEngine engine, MediaLoop loop, long number, IMediaObserver? observer, IPAddress advertised)
    {
        Address = advertised;
        _engine = engine;
        _loop = loop;
        _observer = observer is null ? null : new ObserverQueue(observer, engine.Faults);
        _observer?.Attach(this);
        Number = number;
        Span<byte> random = stackalloc byte[19];
        RandomNumberGenerator.Fill(random);
        var ssrc = BinaryPrimitives.ReadUInt32LittleEndian(random);
        _outbound = new OutboundStream(ssrc, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(random[4..]) & 0x7FFF), BinaryPrimitives.ReadUInt32LittleEndian(random[6..]));
        _rtcp = new RtcpSession(ssrc, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(random[10..18])));
        _variation = random[18];
    }

    /// <summary>Names the endpoint within its engine; never used twice.</summary>
    public long Number { get; }

    /// <summary>The address for our description.</summary>
    public IPAddress Address { get; }

    public int RtpPort => _port.RtpPort;

    public int RtcpPort => _port.RtpPort + 1;

    /// <summary>The transport of an endpoint that speaks WebRTC, which is told instead of <see cref="Apply"/> what was negotiated; null for any other.</summary>
    public WebRtcLeg? WebRtc { get; private init; }

    public bool IsReleased => Volatile.Read(ref _released);

    /// <summary>The link whose end this is; null for a leg's endpoint. Set once, before the first connection.</summary>
    internal MediaLink? Link { get; set; }

    /// <summary>Who it is connected with.</summary>
    internal MediaEndpoint? Peer
    {
        get
        {
            lock (_port.Gate)
                return _peer;
        }
    }

    /// <summary>Where the leg's RTP really comes from; null until it is sure.</summary>
    public IPEndPoint? LatchedSource
    {
        get
        {
            lock (_port.Gate)
                return _inbound.Latch.IsLocked ? _inbound.Latch.Source.ToEndPoint() : null;
        }
    }

    public EndpointStatistics Statistics
    {
        get
        {
            lock (_port.Gate)
            {
                lock (_sending)
                {
                    return new EndpointStatistics
                    {
                        PacketsReceived = _inbound.Statistics.Received,
                        PacketsSent = _outbound.PacketsSent,
                        PacketsLost = _inbound.Statistics.Lost,
                        Jitter = _inbound.Statistics.Jitter,
                        RemoteLost = _rtcp.RemoteLost,
                        RoundTrip = _rtcp.RoundTrip,
                        Drops = _inbound.Drops,
                        SendFailures = _sendFailures,
                    };
                }
            }
        }
    }

    /// <summary>Applies what both descriptions agreed on; again after every new offer and answer.</summary>
    public void Apply(LocalMedia local, RemoteMedia remote)
    {
        lock (_port.Gate)
        {
            if (_port.IsClosed)
                return;
            _local = local;
            _remote = remote;
            _followed = null;
            _inbound.Apply(local, remote, _engine.Options.AcceptAnySource, _engine.Clock.Now);
            _inbound.MarkHeard(_engine.Clock.Now);
            _silenceReported = false;
            lock (_sending)
            {
                _outbound.Apply(local, remote);
                SetDestinations();
                UpdateTicks();
            }
        }
    }

    /// <summary>Which way media may flow, as our description says it. While it is not both ways, silence is no time-out.</summary>
    public void SetDirection(MediaDirection direction)
    {
        lock (_port.Gate)
        {
            _direction = direction;
            _inbound.MarkHeard(_engine.Clock.Now);
            _silenceReported = false;
            lock (_sending)
                _maySend = direction is MediaDirection.SendReceive or MediaDirection.SendOnly;
        }
    }

    /// <summary>Bridges two endpoints: each hears the other, and what either was connected to or played ends.</summary>
    public static void Connect(MediaEndpoint first, MediaEndpoint second)
    {
        if (ReferenceEquals(first, second))
        {
            first.Echo();
            return;
        }
        var firstHad = first.Join(second);
        var secondHad = second.Join(first);
        if (!ReferenceEquals(firstHad, second))
            firstHad?.Leave(first);
        if (!ReferenceEquals(secondHad, first))
            secondHad?.Leave(second);
    }

    /// <summary>The leg hears itself.</summary>
    public void Echo()
    {
        var had = Join(this);
        if (!ReferenceEquals(had, this))
            had?.Leave(this);
    }

    /// <summary>The leg hears nothing and is heard by nobody.</summary>
    public void Disconnect() => Join(null)?.Leave(this);

    /// <summary>Plays to the leg, which is heard by nobody meanwhile; begins when a codec for the leg is known.</summary>
    public void Play(IAudioClip clip)
    {
        Join(null)?.Leave(this);
        Prepare(clip);
        lock (_sending)
        {
            if (_released)
                return;
            _outbound.Play(clip);
            UpdateTicks();
        }
    }

    /// <summary>Ends what is played; the leg hears nothing until it is connected.</summary>
    public void StopPlaying()
    {
        lock (_sending)
        {
            _outbound.StopPlaying();
            UpdateTicks();
        }
    }

    /// <summary>Plays to the leg in place of what it is sent, and lets it go on hearing that afterwards. Nothing while no codec is known for the leg.</summary>
    public void PlayOver(IAudioClip clip)
    {
        Prepare(clip);
        lock (_sending)
        {
            if (_released)
                return;
            _outbound.PlayOver(clip);
            UpdateTicks();
        }
    }

    /// <summary>Plays to the leg, and to all who hear it, in place of what they are sent.</summary>
    public void Announce(IAudioClip clip)
    {
        MediaEndpoint? peer;
        MixMember? member;
        lock (_port.Gate)
        {
            peer = _peer;
            member = _member;
        }
        if (member is not null)
        {
            member.Mix.Play(clip);
            return;
        }
        PlayOver(clip);
        peer?.PlayOver(clip);
    }

    /// <summary>What records the leg; null when nothing does.</summary>
    public MediaRecorder? Recorder => Volatile.Read(ref _recorder);

    /// <summary>Begins to record the leg; null when it is being recorded already, or released.</summary>
    /// <param name="name">Tells it from others.</param>
    /// <param name="sink">Takes the frames until the recording is ended or the endpoint released.</param>
    /// <param name="after">How long from now it begins, as when an announcement comes first.</param>
    /// <param name="paused">It begins paused.</param>
    public MediaRecorder? Record(string name, IRecordingSink sink, TimeSpan after, bool paused)
    {
        lock (_port.Gate)
        {
            if (_port.IsClosed || _recorder is not null)
                return null;
            var recorder = new MediaRecorder(_loop, name, sink, _engine.Clock.Now + after, paused);
            Volatile.Write(ref _recorder, recorder);
            return recorder;
        }
    }

    /// <summary>Ends the recording, if there is one.</summary>
    public void StopRecording() => Interlocked.Exchange(ref _recorder, null)?.Dispose();

    /// <summary>Sends a digit to the leg, as an event or in its audio; false for no digit, or when neither can be.</summary>
    public bool SendDigit(char digit, TimeSpan? duration = null)
    {
        if (!DtmfDigit.TryToEvent(digit, out var code))
            return false;
        lock (_sending)
        {
            var sent = !_released && _outbound.TrySendDigit(code, duration ?? TelephoneEventSender.DefaultDuration);
            UpdateTicks();
            return sent;
        }
    }

    /// <summary>Sends a digit that the leg gave by its signalling on to whoever hears the leg; false when nobody does, or for no digit.</summary>
    public bool PassDigit(char digit)
    {
        MediaEndpoint? peer;
        MixMember? member;
        lock (_port.Gate)
        {
            peer = _peer;
            member = _member;
        }
        member?.Mix.PassDigit(member, digit);
        return member is not null || (peer is not null && peer.SendDigit(digit));
    }

    /// <summary>Says goodbye by RTCP, closes the ports and gives them back. Twice is once.</summary>
    public void Release()
    {
        Disconnect();
        lock (_port.Gate)
        {
            lock (_sending)
            {
                if (_released)
                    return;
                Report(_engine.Clock.Now, leaving: true);
                Volatile.Write(ref _released, true);
                UpdateTicks();
                _port.Dispose();
                _inbound.Dispose();
                _outbound.Dispose();
            }
        }
        StopRecording();
        _loop.Wheel.RemoveSecond(this, _secondPhase);
        _engine.Forget(this);
        // Whoever was connected with it in the meantime.
        Disconnect();
    }

    void IDisposable.Dispose() => Release();

    internal static MediaEndpoint? TryOpen(
        MediaEngine engine, MediaLoop loop, long number, ushort rtpPort, IMediaObserver? observer, IPAddress bind, IPAddress advertised)
    {
        var endpoint = new MediaEndpoint(engine, loop, number, observer, advertised);
        // A datagram that already waits is judged before the next line; nothing is described yet, so it is dropped.
        var port = loop.TryOpen(bind, rtpPort, endpoint);
        if (port is null)
            return null;
        endpoint._port = port;
        endpoint.Begin();
        return endpoint;
    }

    /// <summary>Makes an endpoint on the shared port of browsers.</summary>
    internal static MediaEndpoint Open(MediaEngine engine, MediaLoop loop, long number, IMediaObserver? observer, IPAddress advertised, WebRtcLeg transport)
    {
        var endpoint = new MediaEndpoint(engine, loop, number, observer, advertised) { WebRtc = transport };
        transport.MediaPort.Sink = endpoint;
        endpoint._port = transport.MediaPort;
        endpoint.Begin();
        transport.Attach(endpoint);
        return endpoint;
    }

    /// <summary>When the leg was last heard; the gate is held.</summary>
    internal TimeSpan LastHeard => _inbound.LastHeard;

    /// <summary>Whether the leg should be sending; the gate is held.</summary>
    internal bool ExpectsMedia => _direction is MediaDirection.SendReceive or MediaDirection.ReceiveOnly;

    internal void TellSilent() => _observer?.TellSilent();

    internal void TellLost() => _observer?.TellLost();

    internal void TellBack() => _observer?.TellBack();

    void IDatagramSink.OnDatagram(Span<byte> buffer, int length, TransportAddress from, bool isRtcp)
    {
        var now = _engine.Clock.Now;
        if (isRtcp)
        {
            ReceiveRtcp(buffer[..length], from, now);
            return;
        }
        var packet = _inbound.Receive(buffer[..length], from, now);
        if (packet.Kind == InboundKind.Rtcp)
            ReceiveRtcp(buffer[..length], from, now);
        if (packet.Kind is not (InboundKind.Audio or InboundKind.Event))
            return;
        if (packet.Moved)
            FollowLatch();
        if (packet.BeginsDigit && DtmfDigit.TryFromEvent(packet.Event.Event, out var digit))
        {
            _observer?.TellDigit(digit);
            _member?.Mix.PassDigit(_member, digit);
        }
        _silenceReported = false;
        if (_direction is not (MediaDirection.SendReceive or MediaDirection.ReceiveOnly))
            return;
        if (packet.Kind == InboundKind.Audio && IsHeard && Recorder is { } recorder)
            recorder.PutOwn(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now);
        if (_member is null)
            _peer?.Forward(buffer, packet, ((ulong)Number << 32) | packet.Header.Ssrc, now);
        else if (packet.Kind == InboundKind.Audio)
            Say(_member, buffer, packet, now);
    }

    /// <summary>Brings a packet to the mix. The end of a link has its leg's codec made for it, so that nothing need be transcoded where the leg is; the gate is held.</summary>
    private void Say(MixMember member, Span<byte> buffer, in InboundPacket packet, TimeSpan now)
    {
        if (Link is not null && _followed != packet.Codec)
        {
            _followed = packet.Codec;
            lock (_sending)
                _outbound.Prefer(packet.Codec);
        }
        member.Seat.Put(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now, packet.Level);
    }

    void ITicking.OnFrame(TimeSpan now)
    {
        bool ended;
        lock (_sending)
        {
            if (_released)
                return;
            _outbound.Tick(_frame, now, out var packet, out ended);
            Send(packet);
            UpdateTicks();
        }
        if (ended)
            _observer?.TellPlaybackFinished();
    }

    void ITicking.OnSecond(TimeSpan now)
    {
        var silent = false;
        lock (_port.Gate)
        {
            lock (_sending)
            {
                if (_released)
                    return;
                if (now >= _nextReport)
                {
                    Report(now, leaving: false);
                    _nextReport = now + RtcpSession.NextInterval(_variation);
                }
            }
            var timeout = _engine.Options.RtpTimeout;
            if (timeout > TimeSpan.Zero && !_silenceReported && _remote is not null && _direction == MediaDirection.SendReceive && now - _inbound.LastHeard >= timeout)
                silent = _silenceReported = true;
        }
        if (silent)
            _observer?.TellSilent();
    }

    private void Begin()
    {
        _nextReport = _engine.Clock.Now + RtcpSession.NextInterval(_variation);
        _inbound.MarkHeard(_engine.Clock.Now);
        _secondPhase = _loop.Wheel.AddSecond(this);
    }

    /// <summary>A clip computes its samples at its first use for a rate, which is too long for a lock that packets wait for.</summary>
    private void Prepare(IAudioClip clip)
    {
        if (Preferred is { } known)
            clip.Open(known.SampleRate());
    }

    /// <summary>Takes its place in a mix, and leaves whatever it was in.</summary>
    internal void Enter(MixMember member)
    {
        Join(null)?.Leave(this);
        MixMember? left = member;
        lock (_port.Gate)
        {
            if (!_port.IsClosed)
                (left, _member) = (_member, member);
        }
        left?.Mix.Forget(left);
    }

    /// <summary>Leaves the mix, unless it has left already.</summary>
    internal void Exit(MixMember member)
    {
        lock (_port.Gate)
        {
            if (!ReferenceEquals(_member, member))
                return;
            _member = null;
        }
        member.Mix.Forget(member);
    }

    /// <summary>Sends a frame of the mix that it is in.</summary>
    internal void SendMixed(ReadOnlySpan<byte> payload, AudioCodec codec, TimeSpan now)
    {
        lock (_sending)
        {
            if (_released)
                return;
            _outbound.SendMixed(_frame, payload, codec, now, out var packet);
            Send(packet);
        }
    }

    /// <summary>The codec of what is made for the leg; null until it is described.</summary>
    internal AudioCodec? Preferred
    {
        get
        {
            lock (_sending)
                return _outbound.Preferred;
        }
    }

    internal void TellSpeaking(bool speaking) => _observer?.TellSpeaking(speaking);

    private MediaEndpoint? Join(MediaEndpoint? peer)
    {
        MixMember? member;
        lock (_port.Gate)
            member = _member;
        if (member is not null)
            Exit(member);
        lock (_port.Gate)
        {
            var had = _peer;
            _peer = _port.IsClosed ? null : peer;
            lock (_sending)
            {
                _outbound.StopPlaying();
                if (!ReferenceEquals(had, peer))
                    _outbound.Unbridge();
                UpdateTicks();
            }
            return had;
        }
    }

    /// <summary>The peer went elsewhere, unless this endpoint has already gone elsewhere itself.</summary>
    private void Leave(MediaEndpoint peer)
    {
        lock (_port.Gate)
        {
            if (!ReferenceEquals(_peer, peer))
                return;
            _peer = null;
            lock (_sending)
            {
                _outbound.Unbridge();
                UpdateTicks();
            }
        }
        // The end of a link serves one leg.
        if (Link is not null)
            Release();
    }

    /// <summary>What the leg says reaches somebody; the gate is held.</summary>
    private bool IsHeard => _member is null ? _peer is not null : !_member.Seat.IsMuted;

    /// <summary>Sends on a packet of the peer, from the buffer it arrived in.</summary>
    private void Forward(Span<byte> buffer, in InboundPacket packet, ulong source, TimeSpan now)
    {
        if (packet.Kind == InboundKind.Audio && Recorder is { } recorder)
            recorder.PutFar(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now);
        lock (_sending)
        {
            if (_released)
                return;
            _outbound.Forward(buffer, packet, source, now, out var sendable);
            Send(sendable);
            UpdateTicks();
        }
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || !_maySend || _destination.IsNone)
            return;
        if (!_port.Send(packet, _destination, rtcp: false))
            _sendFailures++;
    }

    private void FollowLatch()
    {
        lock (_sending)
            SetDestinations();
    }

    private void SetDestinations()
    {
        var described = TransportAddress.From(_remote?.Rtp);
        var isLatched = _inbound.Latch.IsLocked && (described.IsNone || !_inbound.Latch.AwaitsMove);
        _destination = isLatched ? _inbound.Latch.Source : described;
        var rtcp = _remote switch
        {
            { RtcpMultiplexed: true } => _destination,
            { Rtcp: { } given } => TransportAddress.From(given),
            _ => _destination with { Port = (ushort)(_destination.Port + 1) },
        };
        // Behind a NAT the described host is not reachable, whichever port it named.
        _rtcpDestination = _destination.IsNone || _destination.Ip == described.Ip ? rtcp : rtcp with { Ip = _destination.Ip };
    }

    private void ReceiveRtcp(Span<byte> datagram, TransportAddress from, TimeSpan now)
    {
        var length = _inbound.ReceiveRtcp(datagram, from, now);
        if (length == 0)
            return;
        if (_rtcp.TryReceive(datagram[..length], _engine.Clock.WallClock, now))
            _inbound.AcceptRtcp(now);
        else
            _inbound.CountJunk();
    }

    private void Report(TimeSpan now, bool leaving)
    {
        if (_rtcpDestination.IsNone || (_outbound.PacketsSent == 0 && _inbound.Statistics.Received == 0))
            return;
        Span<byte> buffer = stackalloc byte[RtcpWriter.MaxSize];
        var length = _rtcp.Write(buffer, _outbound.Describe(now, _engine.Clock.WallClock), _inbound.Statistics, now, leaving);
        _port.Send(buffer[.._outbound.ProtectRtcp(buffer, length)], _rtcpDestination, rtcp: _remote is not { RtcpMultiplexed: true });
    }

    /// <summary>Takes part in frames only while something has to be made for the leg.</summary>
    private void UpdateTicks()
    {
        var needed = _outbound.NeedsTicks && !_released;
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
}
