using System.Buffers.Binary;
using System.Security.Cryptography;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Playback;
using Webphone.Media.Rtcp;
using Webphone.Media.Rtp;

namespace Webphone.Net.Media;

/// <summary>
/// What an endpoint sends to its leg, and where to. It is made under a lock of its own, by whichever loop or thread has something for the leg; whoever holds
/// a port's gate may take it, and nobody takes a gate under it.
/// </summary>
internal sealed class MediaSender : ITicking, IDisposable
{
    private readonly Lock _gate = new();
    private readonly MediaLoop _loop;
    private readonly ObserverQueue? _observer;
    private readonly OutboundStream _stream;
    private readonly byte[] _frame = new byte[OutboundStream.MaxPacket];
    private MediaPort _port = null!;
    private RemoteMedia? _remote;
    private TransportAddress _destination;
    private TransportAddress _rtcpDestination;
    private bool _maySend = true;
    private int _framePhase = -1;
    private long _failures;
    private bool _released;

    public MediaSender(uint ssrc, MediaLoop loop, ObserverQueue? observer)
    {
        _loop = loop;
        _observer = observer;
        Span<byte> first = stackalloc byte[6];
        RandomNumberGenerator.Fill(first);
        _stream = new OutboundStream(ssrc, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(first) & 0x7FFF), BinaryPrimitives.ReadUInt32LittleEndian(first[2..]));
    }

    public bool IsReleased => Volatile.Read(ref _released);

    /// <summary>The codec of what is made for the leg; null until it is described.</summary>
    public AudioCodec? Preferred
    {
        get
        {
            lock (_gate)
                return _stream.Preferred;
        }
    }

    /// <summary>Packets that were sent, and those that the system did not take.</summary>
    public (long Packets, long Failures) Sent
    {
        get
        {
            lock (_gate)
                return (_stream.PacketsSent, _failures);
        }
    }

    /// <summary>What it sends by; set once, before anything else.</summary>
    public void Attach(MediaPort port) => _port = port;

    /// <summary>Takes what both descriptions agreed on; the gate that guards the latch is held.</summary>
    public void Apply(LocalMedia local, RemoteMedia remote, SourceLatch latch)
    {
        lock (_gate)
        {
            _remote = remote;
            _stream.Apply(local, remote);
            SetDestinations(latch);
            UpdateTicks();
        }
    }

    /// <summary>Sends to where the leg is now; the gate that guards the latch is held.</summary>
    public void Follow(SourceLatch latch)
    {
        lock (_gate)
            SetDestinations(latch);
    }

    public void SetDirection(MediaDirection direction)
    {
        lock (_gate)
            _maySend = direction is MediaDirection.SendReceive or MediaDirection.SendOnly;
    }

    /// <summary>Makes what is made here in this codec, where the leg takes it.</summary>
    public void Prefer(AudioCodec codec)
    {
        lock (_gate)
            _stream.Prefer(codec);
    }

    public void Play(IAudioClip clip)
    {
        Prepare(clip);
        lock (_gate)
        {
            if (_released)
                return;
            _stream.Play(clip);
            UpdateTicks();
        }
    }

    public void PlayOver(IAudioClip clip)
    {
        Prepare(clip);
        lock (_gate)
        {
            if (_released)
                return;
            _stream.PlayOver(clip);
            UpdateTicks();
        }
    }

    public void StopPlaying()
    {
        lock (_gate)
        {
            _stream.StopPlaying();
            UpdateTicks();
        }
    }

    /// <summary>Ends everything that came from a peer.</summary>
    public void Unbridge()
    {
        lock (_gate)
        {
            _stream.Unbridge();
            UpdateTicks();
        }
    }

    /// <summary>Sends a key of a telephone, as an event or in the audio; false when neither can be.</summary>
    public bool SendDigit(byte code, TimeSpan duration)
    {
        lock (_gate)
        {
            var sent = !_released && _stream.TrySendDigit(code, duration);
            UpdateTicks();
            return sent;
        }
    }

    /// <summary>Sends on a packet of the peer, from the buffer it arrived in.</summary>
    public void Forward(Span<byte> buffer, in InboundPacket packet, ulong source, TimeSpan now)
    {
        lock (_gate)
        {
            if (_released)
                return;
            _stream.Forward(buffer, packet, source, now, out var sendable);
            Send(sendable);
            UpdateTicks();
        }
    }

    /// <summary>Sends a frame of a mix.</summary>
    public void SendMixed(ReadOnlySpan<byte> payload, AudioCodec codec, TimeSpan now)
    {
        lock (_gate)
        {
            if (_released)
                return;
            _stream.SendMixed(_frame, payload, codec, now, out var packet);
            Send(packet);
        }
    }

    /// <summary>Sends a report by RTCP, of both directions; the last one says goodbye. The gate that guards the session and the statistics is held.</summary>
    public void Report(RtcpSession rtcp, RtpReceiveStatistics received, NtpTime wallClock, TimeSpan now, bool leaving)
    {
        lock (_gate)
        {
            if (leaving)
                _maySend = false;
            if (_rtcpDestination.IsNone || (_stream.PacketsSent == 0 && received.Received == 0))
                return;
            Span<byte> buffer = stackalloc byte[RtcpWriter.MaxSize];
            var length = rtcp.Write(buffer, _stream.Describe(now, wallClock), received, now, leaving);
            _port.Send(buffer[.._stream.ProtectRtcp(buffer, length)], _rtcpDestination, rtcp: _remote is not { RtcpMultiplexed: true });
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Volatile.Write(ref _released, true);
            UpdateTicks();
            _stream.Dispose();
        }
    }

    void ITicking.OnFrame(TimeSpan now)
    {
        bool ended;
        lock (_gate)
        {
            if (_released)
                return;
            _stream.Tick(_frame, now, out var packet, out ended);
            Send(packet);
            UpdateTicks();
        }
        if (ended)
            _observer?.TellPlaybackFinished();
    }

    void ITicking.OnSecond(TimeSpan now)
    {
    }

    /// <summary>A clip computes its samples at its first use for a rate, which is too long for a lock that packets wait for.</summary>
    private void Prepare(IAudioClip clip)
    {
        if (Preferred is { } known)
            clip.Open(known.SampleRate());
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || !_maySend || _destination.IsNone)
            return;
        if (!_port.Send(packet, _destination, rtcp: false))
            _failures++;
    }

    private void SetDestinations(SourceLatch latch)
    {
        var described = TransportAddress.From(_remote?.Rtp);
        var isLatched = latch.IsLocked && (described.IsNone || !latch.AwaitsMove);
        _destination = isLatched ? latch.Source : described;
        var rtcp = _remote switch
        {
            { RtcpMultiplexed: true } => _destination,
            { Rtcp: { } given } => TransportAddress.From(given),
            _ => _destination with { Port = (ushort)(_destination.Port + 1) },
        };
        // Behind a NAT the described host is not reachable, whichever port it named.
        _rtcpDestination = _destination.IsNone || _destination.Ip == described.Ip ? rtcp : rtcp with { Ip = _destination.Ip };
    }

    /// <summary>Takes part in frames only while something has to be made for the leg.</summary>
    private void UpdateTicks()
    {
        var needed = _stream.NeedsTicks && !_released;
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
