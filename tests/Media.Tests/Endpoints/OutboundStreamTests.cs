using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Media.Tones;

namespace Webphone.Media.Tests.Endpoints;

public sealed class OutboundStreamTests : IDisposable
{
    private readonly byte[] _buffer = new byte[2048];
    private readonly OutboundStream _stream = new(42, 100, 5000);
    private TimeSpan _now = TimeSpan.FromSeconds(1);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void The_same_codec_passes_with_its_payload_untouched_and_a_mapped_number()
    {
        Describe([new RtpCodec(AudioCodec.Opus, 111)], []);
        var sent = Forward(AudioCodec.Opus, 96, 7, [1, 2, 3]);
        Assert.True(RtpHeader.TryParse(sent, out var header, out _));
        Assert.Equal((111, 42u), (header.PayloadType, header.Ssrc));
        Assert.Equal([1, 2, 3], sent[12..]);
    }

    [Theory]
    [InlineData(null, (byte)3, 20, AudioLevelExtension.Unknown)]
    [InlineData((byte)1, (byte)61, 20, (byte)61)]
    [InlineData((byte)1, (byte)61, 24, (byte)61)]
    [InlineData((byte)1, (byte)61, 12, AudioLevelExtension.Unknown)]
    [InlineData((byte)1, AudioLevelExtension.Unknown, 20, AudioLevelExtension.Unknown)]
    public void The_level_of_a_packet_goes_on_to_who_takes_it_where_there_is_room_for_it(byte? takes, byte level, int payloadOffset, byte arrives)
    {
        var key = new SrtpMasterKey(SrtpProfile.AeadAes128Gcm, new byte[28]);
        _stream.Apply(new LocalMedia { Key = key }, new RemoteMedia { Codecs = [new RtpCodec(AudioCodec.Opus, 96)], AudioLevelId = takes });
        using var far = new InboundStream();
        far.Apply(new LocalMedia { AudioLevelId = 1 }, new RemoteMedia { Codecs = [new RtpCodec(AudioCodec.Opus, 96)], Key = key }, anyAddress: true, _now);
        byte[] datagram = [];
        InboundPacket packet = default;
        for (ushort sequence = 9; packet.Kind != InboundKind.Audio; sequence++)
        {
            Assert.InRange(sequence, 9, 20);
            datagram = Pass(sequence);
            packet = far.Receive(datagram, TransportAddress.FromIPv4(0x7F000001, 4000), _now);
        }
        Assert.Equal(arrives, packet.Level);
        Assert.Equal([1, 2, 3], datagram.AsSpan(packet.Header.PayloadOffset, packet.Header.PayloadLength).ToArray());

        byte[] Pass(ushort sequence)
        {
            new byte[] { 1, 2, 3 }.CopyTo(_buffer, payloadOffset);
            var header = new RtpHeader(111, false, sequence, 8, 7, payloadOffset, 3);
            _stream.Forward(_buffer, new InboundPacket(InboundKind.Audio, header, AudioCodec.Opus, 0, default, false, false) { Level = level }, 1, _now, out var sent);
            return sent.ToArray();
        }
    }

    [Fact]
    public void Another_codec_comes_out_transcoded_at_its_frame()
    {
        Describe([new RtpCodec(AudioCodec.Pcma, 8)], []);
        var sent = 0;
        for (ushort i = 0; i < 50; i++)
        {
            Assert.Empty(Forward(AudioCodec.Pcmu, 0, i, new byte[160]));
            sent += Tick().Length == 172 ? 1 : 0;
        }
        Assert.InRange(sent, 45, 50);
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu, AudioCodec.Pcmu, 8000, 8000)]
    [InlineData(AudioCodec.Opus, AudioCodec.Opus, 48000, 8000)]
    [InlineData(AudioCodec.Pcmu, AudioCodec.Pcma, 8000, 8000)]
    [InlineData(AudioCodec.Opus, AudioCodec.Pcmu, 48000, 8000)]
    public void Events_reach_the_other_leg_under_its_number_and_clock(AudioCodec from, AudioCodec to, int fromClock, int toClock)
    {
        Assert.SkipUnless(from.CanTranscode(), "libopus is not on this system");
        Describe([new RtpCodec(to, 99)], [new EventFormat(121, toClock)]);
        var receiver = new TelephoneEventReceiver();
        var digits = 0;
        var timestamps = new HashSet<uint>();
        ushort sequence = 0;
        ushort? last = null;
        for (var i = 0; i < 10; i++)
        {
            Collect(Forward(from, 0, sequence++, new byte[160]));
            Collect(Tick());
        }
        for (ushort i = 1; i <= 5; i++)
        {
            var value = new TelephoneEvent(5, i == 5, 10, (ushort)(i * fromClock / 50));
            var sent = Event(value, sequence++, 77777, fromClock, i == 1);
            Assert.True(RtpHeader.TryParse(sent, out var header, out _));
            Assert.True(TelephoneEvent.TryParse(sent.AsSpan(12), out var relayed));
            Assert.Equal((121, i * toClock / 50, i == 5), (header.PayloadType, relayed.DurationTicks, relayed.End));
            digits += receiver.TryReceive(header.Ssrc, header.Timestamp, relayed) ? 1 : 0;
            timestamps.Add(header.Timestamp);
            Collect(sent);
        }
        Assert.Equal(1, digits);
        Assert.Single(timestamps);

        void Collect(byte[] packet)
        {
            if (packet.Length == 0)
                return;
            Assert.True(RtpHeader.TryParse(packet, out var header, out _));
            Assert.True(last is null || header.Sequence == (ushort)(last + 1));
            last = header.Sequence;
        }
    }

    [Fact]
    public void A_leg_without_events_hears_the_digit_as_two_tones()
    {
        Describe([new RtpCodec(AudioCodec.Pcmu, 0)], []);
        Assert.True(_stream.TrySendDigit(5, TimeSpan.FromMilliseconds(160)));
        var heard = Listen(6);
        Assert.InRange(Sine.Amplitude(heard, 770, 8000), 6500, 9000);
        Assert.InRange(Sine.Amplitude(heard, 1336, 8000), 6500, 9000);
    }

    [Fact]
    public void A_clip_replaces_the_bridge_and_says_when_it_ended()
    {
        Describe([new RtpCodec(AudioCodec.Pcmu, 0)], []);
        _stream.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
        Assert.Empty(Forward(AudioCodec.Pcmu, 0, 1, new byte[160]));
        Assert.InRange(Sine.Amplitude(Listen(10).AsSpan(160), 1000, 8000), 3900, 4400);
        var ended = false;
        for (var i = 0; i < 30 && !ended; i++)
        {
            _now += AudioCodecs.Frame;
            _stream.Tick(_buffer, _now, out _, out ended);
        }
        Assert.True(ended);
        Assert.False(_stream.NeedsTicks);
        Assert.NotEmpty(Forward(AudioCodec.Pcmu, 0, 2, new byte[160]));
    }

    [Fact]
    public void A_clip_waits_for_the_description_and_follows_a_change_of_codec()
    {
        _stream.Play(TonePlan.Get(CallTone.Dial, ToneRegion.Europe));
        Assert.False(_stream.NeedsTicks);
        Describe([new RtpCodec(AudioCodec.Pcmu, 0)], []);
        Assert.Equal(0, Tick()[1] & 0x7F);
        Describe([new RtpCodec(AudioCodec.Pcma, 8)], []);
        Assert.Equal(8, Tick()[1] & 0x7F);
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu)]
    [InlineData(AudioCodec.G722)]
    public void Passing_and_transcoding_allocate_nothing(AudioCodec from)
    {
        Describe([new RtpCodec(AudioCodec.Pcmu, 0)], [new EventFormat(101, 8000)]);
        var number = 0;
        Assert.Equal(0, Allocation.OfQuietestRound(() =>
        {
            for (var end = number + 1000; number < end; number++)
            {
                var header = new RtpHeader(0, false, (ushort)number, (uint)(number * 160), 1, 12, 160);
                _now += AudioCodecs.Frame;
                _stream.Forward(_buffer, new InboundPacket(InboundKind.Audio, header, from, 0, default, false, false), 1, _now, out _);
                _stream.Tick(_buffer, _now, out _, out _);
            }
        }));
    }

    private void Describe(RtpCodec[] codecs, EventFormat[] events) => _stream.Apply(new LocalMedia(), new RemoteMedia { Codecs = codecs, Events = events });

    private byte[] Forward(AudioCodec codec, byte payloadType, ushort sequence, byte[] payload)
    {
        _now += AudioCodecs.Frame;
        payload.CopyTo(_buffer, 12);
        var header = new RtpHeader(payloadType, false, sequence, (uint)(sequence * codec.ClockRate() / 50), 1, 12, payload.Length);
        _stream.Forward(_buffer, new InboundPacket(InboundKind.Audio, header, codec, 0, default, false, false), 1, _now, out var sent);
        return sent.ToArray();
    }

    private byte[] Event(TelephoneEvent value, ushort sequence, uint timestamp, int clock, bool begins)
    {
        _now += AudioCodecs.Frame;
        value.Write(_buffer.AsSpan(12));
        var header = new RtpHeader(101, begins, sequence, timestamp, 1, 12, 4);
        _stream.Forward(_buffer, new InboundPacket(InboundKind.Event, header, default, clock, value, begins, false), 1, _now, out var sent);
        return sent.ToArray();
    }

    private byte[] Tick()
    {
        _stream.Tick(_buffer, _now, out var packet, out _);
        return packet.ToArray();
    }

    private short[] Listen(int frames)
    {
        var heard = new List<short>();
        for (var i = 0; i < frames; i++)
        {
            _now += AudioCodecs.Frame;
            heard.AddRange(Tick().Skip(12).Select(G711.DecodeMuLaw));
        }
        return [.. heard];
    }
}
