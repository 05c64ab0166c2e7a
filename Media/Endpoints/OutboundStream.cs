using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Playback;
using Webphone.Media.Rtcp;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Media.Tones;

namespace Webphone.Media.Endpoints;

/// <summary>
/// The sending half of an endpoint: one continuous RTP stream out of whatever the leg is to hear, in this order: a digit, a
/// clip, else the packets of the leg it is bridged to. Not thread-safe; nothing is allocated per packet.
/// </summary>
public sealed class OutboundStream(uint ssrc, ushort firstSequence, uint firstTimestamp) : IDisposable
{
    /// <summary>Room that a caller's frame buffer needs.</summary>
    public const int MaxPacket = RtpHeader.FixedSize + AudioCodecs.MaxPayload + SrtpProfiles.MaxOverhead;

    /// <summary>An event without an end is over when nothing of it came for this long.</summary>
    private static readonly TimeSpan EventSilence = TimeSpan.FromMilliseconds(120);

    /// <summary>Names of what is made here, apart from any leg's.</summary>
    private const ulong TranscoderSource = 1;
    private const ulong MixSource = 2;

    private readonly RtpRewriter _rewriter = new(ssrc, firstSequence, firstTimestamp);
    private readonly TelephoneEventSender _digits = new();
    private RtpCodec[] _codecs = [];
    private EventFormat[] _events = [];
    private byte _levelId;
    private SrtpSender? _srtp;
    private IAudioEncoder? _encoder;
    private Transcoder? _transcoder;
    private IAudioClip? _clip;
    private IAudioSource? _playing;
    private IAudioSource? _overlay;
    private short[] _samples = [];
    private ulong _playSource = 1UL << 63;
    private uint _relayedTimestamp;
    private uint _relayTimestamp;
    private TimeSpan _relayUntil;
    private bool _relaying;
    private uint _packets;
    private uint _octets;
    private int _clockRate = 8000;

    public uint Ssrc => ssrc;

    public long PacketsSent { get; private set; }

    /// <summary>The leg's codec for what is made here; null until it is described.</summary>
    public AudioCodec? Preferred => FindPreferred(out var codec) ? codec.Codec : null;

    /// <summary>Frames must be asked for every 20 ms.</summary>
    public bool NeedsTicks => _playing is not null || _overlay is not null || _digits.Busy || _transcoder is not null;

    /// <summary>A clip is on, so the bridge is not heard.</summary>
    public bool IsPlaying => _clip is not null;

    public void Apply(LocalMedia local, RemoteMedia remote)
    {
        _codecs = [.. remote.Codecs];
        _events = [.. remote.Events];
        _levelId = remote.AudioLevelId ?? 0;
        if (!Equals(_srtp?.Key, local.Key))
        {
            _srtp?.Dispose();
            _srtp = local.Key is null ? null : new SrtpSender(local.Key);
        }
        if (FindPreferred(out var preferred) && _encoder?.Codec != preferred.Codec)
        {
            DropEncoder();
            _playing = null;
            if (_clip is not null && EnsureEncoder())
                Open(_clip);
        }
        DropTranscoder();
        if (_events.Length == 0)
            _digits.Clear();
    }

    /// <summary>What is made here is made in this codec from now on, where the leg takes it.</summary>
    public void Prefer(AudioCodec codec)
    {
        var at = Array.FindIndex(_codecs, known => known.Codec == codec);
        if (at > 0 && codec.CanTranscode())
            (_codecs[0], _codecs[at]) = (_codecs[at], _codecs[0]);
    }

    /// <summary>Whether the leg takes this codec as it is.</summary>
    public bool CanPass(AudioCodec codec) => FindPayloadType(codec) is not null;

    /// <summary>Begins a clip in place of the bridge; it waits when no codec is known for the leg yet.</summary>
    public void Play(IAudioClip clip)
    {
        StopPlaying();
        _clip = clip;
        if (EnsureEncoder())
            Open(clip);
    }

    public void StopPlaying()
    {
        _clip = null;
        _playing = null;
        _rewriter.MarkNext();
    }

    /// <summary>Begins a clip over the bridge, which is heard again when it has ended; nothing while no codec is known for the leg.</summary>
    public void PlayOver(IAudioClip clip)
    {
        if (!EnsureEncoder())
            return;
        _overlay = clip.Open(_encoder!.SampleRate);
        _playSource++;
    }

    /// <summary>Ends everything that came from a bridge.</summary>
    public void Unbridge()
    {
        DropTranscoder();
        _relaying = false;
        _digits.Clear();
        _overlay = null;
    }

    /// <summary>Sends a digit as an event, or as its two tones to a leg that has no events; false when it can be neither.</summary>
    public bool TrySendDigit(byte code, TimeSpan duration)
    {
        if (_events.Length > 0)
            return _digits.TryQueue(code, duration);
        if (!EnsureEncoder())
            return false;
        _overlay = ToneClip.Dtmf(code, duration).Open(_encoder!.SampleRate);
        _playSource++;
        return true;
    }

    /// <summary>
    /// Sends on a packet of the bridged leg. Same codec: the packet stays where it is and gets a new header before its payload.
    /// Other codec: it goes to the transcoder and comes out of <see cref="Tick"/>.
    /// </summary>
    /// <param name="buffer">The packet and the room behind it.</param>
    /// <param name="packet">What the other leg's inbound half said of it.</param>
    /// <param name="source">Names the other leg and its stream.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="packetOut">What to send, within the buffer; empty for nothing.</param>
    public void Forward(Span<byte> buffer, in InboundPacket packet, ulong source, TimeSpan now, out Span<byte> packetOut)
    {
        packetOut = default;
        if (_clip is not null)
            return;
        if (packet.Kind == InboundKind.Event)
        {
            RelayEvent(buffer, packet, source, now, out packetOut);
            return;
        }
        if (FindPayloadType(packet.Codec) is { } payloadType)
        {
            if (_transcoder is not null)
                DropTranscoder();
            if (_digits.Busy || _overlay is not null)
                return;
            _clockRate = packet.Codec.ClockRate();
            if (_rewriter.TryMap(source, packet.Header, payloadType, _clockRate, now, out var mapped))
                packetOut = Rewrite(buffer, packet.Header, mapped, packet.Level);
            return;
        }
        if (EnsureTranscoder(packet.Codec))
            _transcoder!.Put(packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now);
    }

    /// <summary>Makes this frame's packet; empty when there is none.</summary>
    /// <param name="buffer">At least <see cref="MaxPacket"/> bytes.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="packet">What to send, within the buffer.</param>
    /// <param name="clipEnded">The clip that was on has just ended.</param>
    public void Tick(Span<byte> buffer, TimeSpan now, out Span<byte> packet, out bool clipEnded)
    {
        packet = default;
        clipEnded = false;
        if (_digits.Busy)
        {
            DrainTranscoder(buffer);
            TickDigit(buffer, now, out packet);
        }
        else if (_overlay is not null)
        {
            DrainTranscoder(buffer);
            if (!TickClip(_overlay, buffer, now, out packet))
                _overlay = null;
        }
        else if (_playing is not null)
        {
            if (!TickClip(_playing, buffer, now, out packet))
            {
                clipEnded = true;
                StopPlaying();
            }
        }
        else if (_transcoder is not null)
        {
            TickTranscoder(_transcoder, buffer, now, out packet);
        }
    }

    /// <summary>Sends a frame of a mix, encoded already; nothing while a digit or a clip is on.</summary>
    /// <param name="buffer">At least <see cref="MaxPacket"/> bytes.</param>
    /// <param name="payload">The frame.</param>
    /// <param name="codec">Its codec.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="packet">What to send, within the buffer; empty for nothing.</param>
    public void SendMixed(Span<byte> buffer, ReadOnlySpan<byte> payload, AudioCodec codec, TimeSpan now, out Span<byte> packet)
    {
        packet = default;
        if (payload.IsEmpty || _clip is not null || _digits.Busy || _overlay is not null || FindPayloadType(codec) is not { } payloadType)
            return;
        payload.CopyTo(Payload(buffer));
        packet = Send(buffer, payload.Length, codec, payloadType, MixSource, now);
    }

    /// <summary>Writes what sender reports say of this stream.</summary>
    public SenderInfo Describe(TimeSpan now, NtpTime wallClock) => new(wallClock, _rewriter.TimestampAt(now, _clockRate), _packets, _octets);

    /// <summary>Protects RTCP where SRTP is on; gives the length to send.</summary>
    public int ProtectRtcp(Span<byte> buffer, int length) => _srtp?.ProtectRtcp(buffer, length) ?? length;

    public void Dispose()
    {
        _srtp?.Dispose();
        DropEncoder();
        DropTranscoder();
    }

    private void Open(IAudioClip clip)
    {
        _playing = clip.Open(_encoder!.SampleRate);
        _playSource++;
    }

    private void RelayEvent(Span<byte> buffer, in InboundPacket packet, ulong source, TimeSpan now, out Span<byte> packetOut)
    {
        packetOut = default;
        if (_events.Length == 0)
        {
            if (packet.BeginsDigit && DtmfDigit.TryFromEvent(packet.Event.Event, out _))
                TrySendDigit(packet.Event.Event, TelephoneEventSender.DefaultDuration);
            return;
        }
        if (_digits.Busy)
            return;
        var format = FindEvent(_clockRate);
        var ticks = Math.Min(ushort.MaxValue, (long)packet.Event.DurationTicks * format.ClockRate / Math.Max(1, packet.EventClockRate));
        (packet.Event with { DurationTicks = (ushort)ticks }).Write(buffer[packet.Header.PayloadOffset..]);
        if (_transcoder is null)
        {
            // The event lies on the same clock as the audio that passes.
            if (_rewriter.TryMap(source, packet.Header, format.PayloadType, _clockRate, now, out var mapped))
                packetOut = Rewrite(buffer, packet.Header, mapped);
            return;
        }
        var begins = !_relaying || packet.Header.Timestamp != _relayedTimestamp;
        if (begins)
        {
            _relayTimestamp = _rewriter.TimestampAt(now, _clockRate);
            _relayedTimestamp = packet.Header.Timestamp;
            _relaying = true;
        }
        _relayUntil = now + (packet.Event.End ? TimeSpan.Zero : EventSilence);
        packetOut = Rewrite(buffer, packet.Header, _rewriter.NextEvent(format.PayloadType, _relayTimestamp, begins));
    }

    private void TickDigit(Span<byte> buffer, TimeSpan now, out Span<byte> packet)
    {
        packet = default;
        var format = FindEvent(_clockRate);
        if (!_digits.TryNext(AudioCodecs.Frame, format.ClockRate, _rewriter.TimestampAt(now, _clockRate), out var value, out var timestamp, out var marker))
            return;
        value.Write(buffer[RtpHeader.FixedSize..]);
        packet = Finish(buffer, _rewriter.NextEvent(format.PayloadType, timestamp, marker), TelephoneEvent.Size);
    }

    private bool TickClip(IAudioSource source, Span<byte> buffer, TimeSpan now, out Span<byte> packet)
    {
        packet = default;
        var frame = _samples.AsSpan(0, _encoder!.SampleRate / AudioCodecs.FramesPerSecond);
        if (!source.Read(frame) || FindPayloadType(_encoder.Codec) is not { } payloadType)
            return false;
        packet = Send(buffer, _encoder.Encode(frame, Payload(buffer)), _encoder.Codec, payloadType, _playSource, now);
        return true;
    }

    private void TickTranscoder(Transcoder transcoder, Span<byte> buffer, TimeSpan now, out Span<byte> packet)
    {
        packet = default;
        var length = transcoder.Read(Payload(buffer));
        if (length == 0 || now < _relayUntil || FindPayloadType(transcoder.To) is not { } payloadType)
            return;
        packet = Send(buffer, length, transcoder.To, payloadType, TranscoderSource, now);
    }

    private void DrainTranscoder(Span<byte> buffer) => _transcoder?.Read(Payload(buffer));

    private Span<byte> Send(Span<byte> buffer, int payloadLength, AudioCodec codec, byte payloadType, ulong source, TimeSpan now)
    {
        _clockRate = codec.ClockRate();
        return Finish(buffer, _rewriter.Next(source, payloadType, _clockRate / AudioCodecs.FramesPerSecond, _clockRate, now), payloadLength);
    }

    /// <summary>The packet stays where it is; a level that came before its payload has room there again.</summary>
    private Span<byte> Rewrite(Span<byte> buffer, scoped in RtpHeader received, scoped in RtpHeader mapped, byte level = AudioLevelExtension.Unknown)
    {
        const int withLevel = RtpHeader.FixedSize + AudioLevelExtension.Size;
        if (_levelId == 0 || level == AudioLevelExtension.Unknown || received.PayloadOffset < withLevel)
            return Finish(buffer[(received.PayloadOffset - RtpHeader.FixedSize)..], mapped, received.PayloadLength);
        return Finish(buffer[(received.PayloadOffset - withLevel)..], mapped, received.PayloadLength, level);
    }

    private Span<byte> Finish(Span<byte> buffer, scoped in RtpHeader header, int payloadLength, byte level = AudioLevelExtension.Unknown)
    {
        header.Write(buffer);
        PacketsSent++;
        _packets++;
        _octets += (uint)payloadLength;
        var headerLength = RtpHeader.FixedSize;
        if (level != AudioLevelExtension.Unknown)
        {
            AudioLevelExtension.Write(buffer, _levelId, level);
            headerLength += AudioLevelExtension.Size;
        }
        var length = headerLength + payloadLength;
        return buffer[..(_srtp?.ProtectRtp(buffer, length, headerLength) ?? length)];
    }

    private static Span<byte> Payload(Span<byte> buffer) => buffer.Slice(RtpHeader.FixedSize, AudioCodecs.MaxPayload);

    private byte? FindPayloadType(AudioCodec codec)
    {
        foreach (var known in _codecs)
        {
            if (known.Codec == codec)
                return known.PayloadType;
        }
        return null;
    }

    private bool FindPreferred(out RtpCodec preferred)
    {
        foreach (var known in _codecs)
        {
            preferred = known;
            if (known.Codec.CanTranscode())
                return true;
        }
        preferred = default;
        return false;
    }

    private EventFormat FindEvent(int clockRate)
    {
        foreach (var known in _events)
        {
            if (known.ClockRate == clockRate)
                return known;
        }
        return _events[0];
    }

    private bool EnsureEncoder()
    {
        if (!FindPreferred(out var preferred))
            return false;
        if (_encoder?.Codec == preferred.Codec)
            return true;
        DropEncoder();
        _encoder = preferred.Codec.CreateEncoder();
        _samples = new short[_encoder.SampleRate / AudioCodecs.FramesPerSecond];
        return true;
    }

    private bool EnsureTranscoder(AudioCodec from)
    {
        if (_transcoder?.From == from)
            return true;
        if (!from.CanTranscode() || !FindPreferred(out var preferred))
            return false;
        DropTranscoder();
        _transcoder = new Transcoder(from, preferred.Codec);
        return true;
    }

    private void DropEncoder()
    {
        _encoder?.Dispose();
        _encoder = null;
        _overlay = null;
    }

    private void DropTranscoder()
    {
        _transcoder?.Dispose();
        _transcoder = null;
    }
}
