using System.Net;
using System.Security.Cryptography;
using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Playback;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Net.Media;

/// <summary>
/// One leg's place in the media engine: a pair of ports, what it receives (<see cref="MediaReceiver"/>), what it is sent (<see cref="MediaSender"/>), and who hears it
/// (<see cref="MediaConnection"/>). Packets are judged under the gate of its port, and what it sends is made under a lock of the sender's; the gate is always taken
/// before that lock and no two endpoints' gates are held at once, so nothing can wait in a circle. Every operation may be called from any thread, returns at once, and
/// after <see cref="Release"/> does nothing.
/// </summary>
public sealed class MediaEndpoint : ITicking, IDisposable
{
    private readonly MediaEngine _engine;
    private readonly MediaLoop _loop;
    private readonly ObserverQueue? _observer;
    private readonly MediaSender _sender;
    private readonly MediaConnection _connection;
    private readonly MediaReceiver _receiver;
    private MediaPort _port = null!;
    private MediaRecorder? _recorder;
    private MediaLink? _prepared;
    private int _secondPhase;

    private MediaEndpoint(MediaEngine engine, MediaLoop loop, long number, IMediaObserver? observer, IPAddress advertised)
    {
        Number = number;
        Address = advertised;
        _engine = engine;
        _loop = loop;
        _observer = observer is null ? null : new ObserverQueue(observer, engine.Faults);
        _observer?.Attach(this);
        var ssrc = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        _sender = new MediaSender(ssrc, loop, _observer);
        _connection = new MediaConnection(this, _sender);
        _receiver = new MediaReceiver(this, ssrc, _connection, _sender, _observer, engine.Clock);
    }

    /// <summary>Names the endpoint within its engine; never used twice.</summary>
    public long Number { get; }

    /// <summary>The address for our description.</summary>
    public IPAddress Address { get; }

    public int RtpPort => _port.RtpPort;

    public int RtcpPort => _port.RtpPort + 1;

    /// <summary>The transport of an endpoint that speaks WebRTC, which is told instead of <see cref="Apply"/> what was negotiated; null for any other.</summary>
    public WebRtcLeg? WebRtc { get; private init; }

    public bool IsReleased => _sender.IsReleased;

    /// <summary>Where the leg's RTP really comes from; null until it is sure.</summary>
    public IPEndPoint? LatchedSource
    {
        get
        {
            lock (_port.Gate)
                return _receiver.Source?.ToEndPoint();
        }
    }

    public EndpointStatistics Statistics
    {
        get
        {
            lock (_port.Gate)
                return _receiver.Statistics;
        }
    }

    /// <summary>What records the leg; null when nothing does.</summary>
    public MediaRecorder? Recorder => Volatile.Read(ref _recorder);

    /// <summary>The link whose end this is; null for a leg's endpoint. Set once, before the first connection.</summary>
    internal MediaLink? Link { get; set; }

    /// <summary>The end of a link that waits for the leg; null when none does.</summary>
    internal MediaLink? Prepared => Volatile.Read(ref _prepared);

    /// <summary>Who it is connected with.</summary>
    internal MediaEndpoint? Peer => _connection.Current.Peer;

    /// <summary>The codec of what is made for the leg; null until it is described.</summary>
    internal AudioCodec? Preferred => _sender.Preferred;

    /// <summary>When the leg was last heard; the gate is held.</summary>
    internal TimeSpan LastHeard => _receiver.LastHeard;

    /// <summary>Whether the leg should be sending; the gate is held.</summary>
    internal bool ExpectsMedia => _receiver.ExpectsMedia;

    /// <summary>Applies what both descriptions agreed on; again after every new offer and answer.</summary>
    public void Apply(LocalMedia local, RemoteMedia remote)
    {
        lock (_port.Gate)
        {
            if (!_port.IsClosed)
                _receiver.Apply(local, remote, _engine.Options.AcceptAnySource);
        }
    }

    /// <summary>Which way media may flow, as our description says it. While it is not both ways, silence is no time-out.</summary>
    public void SetDirection(MediaDirection direction)
    {
        lock (_port.Gate)
            _receiver.SetDirection(direction);
    }

    /// <summary>Bridges two endpoints: each hears the other, and what either was connected to or played ends. One that is bridged with itself hears itself.</summary>
    public static void Connect(MediaEndpoint first, MediaEndpoint second)
    {
        MediaConnection.Bridge(first._connection, second._connection);
        first.ReleasePrepared();
        second.ReleasePrepared();
    }

    /// <summary>The leg hears itself.</summary>
    public void Echo() => Connect(this, this);

    /// <summary>The leg hears nothing and is heard by nobody.</summary>
    public void Disconnect() => _connection.Disconnect();

    /// <summary>Plays to the leg, which is heard by nobody meanwhile; begins when a codec for the leg is known.</summary>
    public void Play(IAudioClip clip)
    {
        Disconnect();
        _sender.Play(clip);
    }

    /// <summary>Ends what is played; the leg hears nothing until it is connected.</summary>
    public void StopPlaying() => _sender.StopPlaying();

    /// <summary>Plays to the leg in place of what it is sent, and lets it go on hearing that afterwards. Nothing while no codec is known for the leg.</summary>
    public void PlayOver(IAudioClip clip) => _sender.PlayOver(clip);

    /// <summary>Plays to the leg, and to all who hear it, in place of what they are sent.</summary>
    public void Announce(IAudioClip clip)
    {
        var (peer, member) = _connection.Current;
        if (member is not null)
        {
            member.Mix.Play(clip);
            return;
        }
        PlayOver(clip);
        peer?.PlayOver(clip);
    }

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
    public bool SendDigit(char digit, TimeSpan? duration = null) =>
        DtmfDigit.TryToEvent(digit, out var code) && _sender.SendDigit(code, duration ?? TelephoneEventSender.DefaultDuration);

    /// <summary>Sends a digit that the leg gave by its signalling on to whoever hears the leg; false when nobody does, or for no digit.</summary>
    public bool PassDigit(char digit)
    {
        var (peer, member) = _connection.Current;
        member?.Mix.PassDigit(member, digit);
        return member is not null || (peer is not null && peer.SendDigit(digit));
    }

    /// <summary>Says goodbye by RTCP, closes the ports and gives them back. Twice is once.</summary>
    public void Release()
    {
        Disconnect();
        lock (_port.Gate)
        {
            if (IsReleased)
                return;
            _receiver.Leave();
            _sender.Dispose();
            _port.Dispose();
            _receiver.Dispose();
        }
        StopRecording();
        _loop.Wheel.RemoveSecond(this, _secondPhase);
        _engine.Forget(this);
        ReleasePrepared();
        // Whoever was connected with it in the meantime.
        Disconnect();
    }

    void IDisposable.Dispose() => Release();

    /// <summary>Makes an endpoint on a pair of ports of its own; null when one of them is taken.</summary>
    internal static MediaEndpoint? TryOpen(
        MediaEngine engine, MediaLoop loop, long number, ushort rtpPort, IMediaObserver? observer, IPAddress bind, IPAddress advertised)
    {
        var endpoint = new MediaEndpoint(engine, loop, number, observer, advertised);
        // A datagram that already waits is judged before the next line; nothing is described yet, so it is dropped.
        if (loop.TryOpen(bind, rtpPort, endpoint._receiver) is not { } port)
            return null;
        endpoint.Begin(port);
        return endpoint;
    }

    /// <summary>Makes an endpoint on the shared port of browsers.</summary>
    internal static MediaEndpoint Open(MediaEngine engine, MediaLoop loop, long number, IMediaObserver? observer, IPAddress advertised, WebRtcLeg transport)
    {
        var endpoint = new MediaEndpoint(engine, loop, number, observer, advertised) { WebRtc = transport };
        transport.MediaPort.Sink = endpoint._receiver;
        endpoint.Begin(transport.MediaPort);
        transport.Attach(endpoint);
        return endpoint;
    }

    /// <summary>Takes its place in a mix, and leaves whatever it was in.</summary>
    internal void Enter(MixMember member)
    {
        _connection.Enter(member);
        ReleasePrepared();
    }

    /// <summary>The end waits for the leg from now on, unless another does, which is given.</summary>
    internal MediaLink? Prepare(MediaLink link) => Interlocked.CompareExchange(ref _prepared, link, null);

    /// <summary>The end does not wait any more; false when it did not.</summary>
    internal bool TryTake(MediaLink link) => Interlocked.CompareExchange(ref _prepared, null, link) == link;

    internal void ReleasePrepared() => Interlocked.Exchange(ref _prepared, null)?.End.Release();

    /// <summary>Leaves the mix, unless it has left already.</summary>
    internal void Exit(MixMember member) => _connection.Exit(member);

    /// <summary>Sends a frame of the mix that it is in.</summary>
    internal void SendMixed(ReadOnlySpan<byte> payload, AudioCodec codec, TimeSpan now) => _sender.SendMixed(payload, codec, now);

    /// <summary>Sends on a packet of the peer, from the buffer it arrived in.</summary>
    internal void Forward(Span<byte> buffer, in InboundPacket packet, ulong source, TimeSpan now)
    {
        if (packet.Kind == InboundKind.Audio && Recorder is { } recorder)
            recorder.PutFar(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now);
        _sender.Forward(buffer, packet, source, now);
    }

    internal void TellSilent() => _observer?.TellSilent();

    internal void TellLost() => _observer?.TellLost();

    internal void TellBack() => _observer?.TellBack();

    internal void TellSpeaking(bool speaking) => _observer?.TellSpeaking(speaking);

    void ITicking.OnFrame(TimeSpan now)
    {
    }

    void ITicking.OnSecond(TimeSpan now)
    {
        bool silent;
        lock (_port.Gate)
            silent = !_port.IsClosed && _receiver.OnSecond(_engine.Options.RtpTimeout, now);
        if (silent)
            TellSilent();
    }

    private void Begin(MediaPort port)
    {
        _port = port;
        _sender.Attach(port);
        _connection.Attach(port);
        _secondPhase = _loop.Wheel.AddSecond(this);
    }
}
