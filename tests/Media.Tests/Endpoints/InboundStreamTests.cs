using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;

namespace Webphone.Media.Tests.Endpoints;

public sealed class InboundStreamTests : IDisposable
{
    private static readonly TransportAddress Phone = At("10.0.0.5", 4000);
    private static readonly TransportAddress Nat = At("203.0.113.7", 61000);
    private static readonly TransportAddress Stranger = At("198.51.100.9", 4000);
    private readonly InboundStream _stream = new();
    private TimeSpan _now = TimeSpan.FromSeconds(1);

    public InboundStreamTests() => Describe(Phone);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void A_phone_at_its_described_address_is_taken_at_its_second_packet()
    {
        Assert.Equal(InboundKind.Dropped, Send(Phone, 1, 100));
        Assert.Equal(InboundKind.Audio, Send(Phone, 1, 101));
        Assert.Equal(Phone, _stream.Latch.Source);
    }

    [Fact]
    public void A_phone_behind_a_NAT_is_taken_after_four_packets_in_order()
    {
        for (ushort i = 0; i < 3; i++)
            Assert.Equal(InboundKind.Dropped, Send(Nat, 1, i));
        Assert.Equal(InboundKind.Audio, Send(Nat, 1, 3));
        Assert.Equal(Nat, _stream.Latch.Source);
    }

    [Fact]
    public void Packets_out_of_order_do_not_pass_probation()
    {
        for (ushort i = 0; i < 100; i++)
            Assert.Equal(InboundKind.Dropped, Send(Nat, 1, (ushort)(i * 2)));
    }

    [Fact]
    public void A_stranger_never_passes_before_or_after_the_phone()
    {
        for (ushort i = 0; i < 50; i++)
            Assert.Equal(InboundKind.Dropped, Send(Stranger, 1, i));
        Lock(Phone);
        for (ushort i = 0; i < 50; i++)
            Assert.Equal(InboundKind.Dropped, Send(Stranger, 1, (ushort)(102 + i)));
        Assert.Equal(InboundKind.Audio, Send(Phone, 1, 102));
        Assert.Equal(100, _stream.Drops.ForeignSource);
    }

    [Fact]
    public void Another_SSRC_from_the_same_address_waits_until_the_first_is_silent()
    {
        Lock(Phone);
        for (ushort i = 0; i < 20; i++)
        {
            Assert.Equal(InboundKind.Dropped, Send(Phone, 666, i, advance: false));
            Assert.Equal(InboundKind.Audio, Send(Phone, 1, (ushort)(102 + i)));
        }
        Assert.Equal(20, _stream.Drops.ForeignSsrc);
        _now += TimeSpan.FromMilliseconds(80);
        Send(Phone, 2, 1);
        Assert.Equal(InboundKind.Audio, Send(Phone, 2, 2));
    }

    [Fact]
    public void After_silence_the_phone_may_come_back_from_another_port_of_its_NAT()
    {
        Lock(Phone);
        var moved = Nat with { Port = 61001 };
        for (ushort i = 0; i < 10; i++)
            Assert.Equal(InboundKind.Dropped, Send(moved, 1, i));
        _now += SourceLatch.Silence;
        for (ushort i = 20; i < 23; i++)
            Assert.Equal(InboundKind.Dropped, Send(moved, 1, i));
        Assert.Equal(InboundKind.Audio, Send(moved, 1, 23));
    }

    [Fact]
    public void An_announced_move_is_followed_at_once_and_the_old_source_heard_until_then()
    {
        Lock(Phone);
        var next = At("10.0.0.6", 5000);
        Describe(next);
        Assert.Equal(InboundKind.Audio, Send(Phone, 1, 102));
        Send(next, 9, 1);
        Assert.Equal(InboundKind.Audio, Send(next, 9, 2));
        Assert.Equal(InboundKind.Dropped, Send(Phone, 1, 103));
    }

    [Fact]
    public void A_flood_from_allowed_addresses_does_not_push_out_the_described_source()
    {
        for (ushort i = 0; i < 5000; i++)
            Send(Nat with { Port = (ushort)(1024 + i) }, i, i, advance: false);
        Lock(Phone);
    }

    [Fact]
    public void Unknown_payload_types_and_junk_are_counted_and_change_nothing()
    {
        Lock(Phone);
        var packet = Packet(1, 102);
        packet[1] = 77;
        _stream.Receive(packet, Phone, _now);
        _stream.Receive(new byte[3], Phone, _now);
        _stream.Receive("junk that is long enough"u8.ToArray(), Phone, _now);
        Assert.Equal((1, 2), (_stream.Drops.UnknownPayloadType, _stream.Drops.Junk));
        Assert.Equal(InboundKind.Audio, Send(Phone, 1, 102));
    }

    [Fact]
    public void With_a_key_only_packets_with_a_good_tag_count_for_the_latch()
    {
        var key = new SrtpMasterKey(SrtpProfile.AesCm128HmacSha1Tag80, new byte[30]);
        Describe(Phone, key);
        for (ushort i = 0; i < 20; i++)
            Assert.Equal(InboundKind.Dropped, Send(Phone, 1, i));
        Assert.Equal(20, _stream.Drops.BadTag);
        using var sender = new SrtpSender(key);
        InboundPacket last = default;
        for (ushort i = 50; i < 52; i++)
        {
            var buffer = new byte[300];
            Packet(1, i).CopyTo(buffer, 0);
            last = _stream.Receive(buffer.AsSpan(0, sender.ProtectRtp(buffer, 172)), Phone, _now);
        }
        Assert.Equal(InboundKind.Audio, last.Kind);
    }

    [Fact]
    public void Random_datagrams_never_throw()
    {
        var random = new Random(3550);
        var buffer = new byte[200];
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(buffer);
            if (i % 2 == 0)
                buffer[0] = (byte)(0x80 | random.Next(64));
            if (i % 4 == 0)
                buffer[1] = 101;
            var from = random.Next(2) == 0 ? Phone : Nat;
            _stream.Receive(buffer.AsSpan(0, random.Next(buffer.Length)), from, _now);
            _stream.ReceiveRtcp(buffer.AsSpan(0, random.Next(buffer.Length)), from, _now);
            _now += TimeSpan.FromMilliseconds(1);
        }
    }

    private void Describe(TransportAddress at, SrtpMasterKey? key = null) => _stream.Apply(new LocalMedia(), new RemoteMedia
    {
        Rtp = at.ToEndPoint(),
        Signalling = Nat.ToEndPoint().Address,
        Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)],
        Events = [new EventFormat(101, 8000)],
        Key = key,
    }, anyAddress: false, _now);

    private void Lock(TransportAddress at)
    {
        Send(at, 1, 100);
        Assert.Equal(InboundKind.Audio, Send(at, 1, 101));
    }

    private InboundKind Send(TransportAddress from, uint ssrc, ushort sequence, bool advance = true)
    {
        if (advance)
            _now += TimeSpan.FromMilliseconds(20);
        return _stream.Receive(Packet(ssrc, sequence), from, _now).Kind;
    }

    private static byte[] Packet(uint ssrc, ushort sequence)
    {
        var packet = new byte[172];
        new RtpHeader(0, false, sequence, sequence * 160u, ssrc).Write(packet);
        return packet;
    }

    private static TransportAddress At(string ip, ushort port) => TransportAddress.From(new IPEndPoint(IPAddress.Parse(ip), port));
}
