using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Media.Tones;
using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

/// <summary>Two engines in one process, a phone on each.</summary>
public sealed class MediaLinkTests : IDisposable
{
    private readonly MediaEngine _near = new(new MediaOptions { FirstPort = 44000, LastPort = 44399, Loops = 1 });
    private readonly MediaEngine _far = new(new MediaOptions { FirstPort = 44400, LastPort = 44799, Loops = 1 });
    private readonly TestPhone _alice = new();
    private readonly TestPhone _bob = new();

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public async Task Each_phone_hears_the_tone_of_the_other_across_the_link()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        Join(a, b);
        Assert.Equal(440, await TonePassed(_alice, a, _bob, 0, 440));
        Assert.Equal(950, await TonePassed(_bob, b, _alice, 0, 950));
    }

    [Fact]
    public async Task A_codec_that_both_phones_speak_passes_untouched_even_one_that_nobody_here_decodes()
    {
        var (a, b) = Legs(AudioCodec.Opus, 111, AudioCodec.Opus, 107);
        Join(a, b);
        byte[] payload = [0xFF, 1, 2, 3, 4, 5, 6, 7];
        var (header, heard) = await Passed(_alice, a, _bob, 111, payload);
        Assert.Equal(107, header.PayloadType);
        Assert.Equal(payload, heard);
    }

    [Fact]
    public async Task Different_codecs_are_transcoded_once_where_they_are_heard()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.G722, 9);
        var (near, _) = Join(a, b);
        Assert.Equal(600, await TonePassed(_alice, a, _bob, 0, 600));
        // Packets cross the link as they come: none is made for it.
        Assert.InRange(near.Statistics.PacketsSent, 1, a.Statistics.PacketsReceived);
    }

    [Fact]
    public async Task A_key_crosses_as_an_event_under_each_phones_number()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        Join(a, b);
        await Passed(_alice, a, _bob, 0, new byte[160]);
        var pressed = new byte[TelephoneEvent.Size];
        new TelephoneEvent(9, false, 10, 160).Write(pressed);
        await _alice.Send(a.RtpPort, 101, pressed, advance: false);
        Assert.Equal(9, (await NextEvent(_bob))[0]);
    }

    [Fact]
    public async Task A_key_that_came_by_signalling_crosses_too()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        Join(a, b);
        await Passed(_alice, a, _bob, 0, new byte[160]);
        Assert.True(a.PassDigit('#'));
        Assert.Equal(11, (await NextEvent(_bob))[0]);
    }

    [Fact]
    public async Task Nothing_leaves_an_end_in_the_clear_and_nothing_comes_in_without_the_key()
    {
        var a = Leg(_near, _alice, AudioCodec.Pcmu, 0);
        var link = MediaLink.TryOpen(_near, a, IPAddress.Loopback, IPAddress.Loopback)!;
        using var wire = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        link.Complete((IPEndPoint)wire.Client.LocalEndPoint!, new SrtpMasterKey(SrtpProfile.AeadAes128Gcm, new byte[MediaLink.KeySize]));

        var payload = Enumerable.Repeat((byte)0x55, 160).ToArray();
        using var limit = new CancellationTokenSource(TestPhone.Patience);
        var receiving = wire.ReceiveAsync(limit.Token);
        while (!receiving.IsCompleted)
            await _alice.Send(a.RtpPort, 0, payload);
        var packet = (await receiving).Buffer;
        Assert.Equal(-1, packet.AsSpan().IndexOf(payload.AsSpan(0, 8)));
        using var receiver = new SrtpReceiver(link.Key);
        Assert.Equal(SrtpResult.Accepted, receiver.UnprotectRtp(packet, out _));

        var plain = new byte[RtpHeader.FixedSize + 160];
        new RtpHeader(0, false, 1, 1, 1).Write(plain);
        while (link.Statistics.Drops.BadTag + link.Statistics.Drops.Junk == 0)
            await wire.SendAsync(plain, link.Address, limit.Token);
        Assert.Equal(0, link.Statistics.PacketsReceived);
    }

    [Fact]
    public async Task A_mix_speaks_the_codec_of_the_leg_at_the_far_end()
    {
        var farKey = new SrtpMasterKey(SrtpProfile.AeadAes128Gcm, new byte[MediaLink.KeySize]);
        using var wire = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var protect = new SrtpSender(farKey);
        using var mix = _near.CreateMix();
        var link = MediaLink.TryOpen(_near, IPAddress.Loopback, IPAddress.Loopback)!;
        link.Complete((IPEndPoint)wire.Client.LocalEndPoint!, farKey, wideband: true);
        mix.Add(link.End);
        mix.Add(Leg(_near, _alice, AudioCodec.Pcmu, 0));

        using var receiver = new SrtpReceiver(link.Key);
        using var limit = new CancellationTokenSource(TestPhone.Patience);
        Assert.Equal(9, await HeardAsync());
        var said = new byte[RtpHeader.FixedSize + 160 + SrtpProfiles.MaxOverhead];
        byte type = 9;
        for (ushort sequence = 1; type != 8; sequence++)
        {
            new RtpHeader(8, false, sequence, sequence * 160u, 1).Write(said);
            said.AsSpan(RtpHeader.FixedSize, 160).Fill(0xD5);
            var length = protect.ProtectRtp(said, RtpHeader.FixedSize + 160);
            await wire.SendAsync(said.AsMemory(0, length), link.Address, limit.Token);
            type = await HeardAsync();
        }

        async Task<byte> HeardAsync()
        {
            byte[] packet;
            do
                packet = (await wire.ReceiveAsync(limit.Token)).Buffer;
            while (receiver.UnprotectRtp(packet, out _) != SrtpResult.Accepted);
            return (byte)(packet[1] & 0x7F);
        }
    }

    [Fact]
    public async Task Hold_music_is_played_at_the_end_of_the_one_who_hears_it_and_a_new_link_resumes()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        var (near, far) = Join(a, b);
        await Passed(_alice, a, _bob, 0, new byte[160]);
        a.Disconnect();
        b.Play(TonePlan.Get(CallTone.Busy, ToneRegion.Europe));
        Assert.True(near.IsReleased && far.IsReleased);
        Assert.Equal(160, (await _bob.Receive()).Payload.Length);
        Join(a, b);
        Assert.Equal(440, await TonePassed(_alice, a, _bob, 0, 440));
    }

    [Fact]
    public void The_end_of_a_link_goes_with_its_leg_whatever_becomes_of_that()
    {
        Action<MediaEndpoint>[] fates =
        [
            leg => leg.Release(),
            leg => leg.Echo(),
            leg => leg.Disconnect(),
            leg => leg.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe)),
            leg => MediaEndpoint.Connect(leg, _near.TryAllocate()!),
            leg => MediaLink.TryOpen(_near, leg, IPAddress.Loopback, IPAddress.Loopback),
        ];
        foreach (var fate in fates)
        {
            var leg = _near.TryAllocate()!;
            var link = MediaLink.TryOpen(_near, leg, IPAddress.Loopback, IPAddress.Loopback)!;
            Assert.Same(link, MediaLink.Of(leg));
            fate(leg);
            Assert.True(link.IsReleased);
            Assert.NotSame(link, MediaLink.Of(leg));
        }
    }

    [Fact]
    public void A_leg_that_is_gone_leaves_no_end()
    {
        var leg = _near.TryAllocate()!;
        leg.Release();
        Assert.True(MediaLink.TryOpen(_near, leg, IPAddress.Loopback, IPAddress.Loopback)!.IsReleased);
        Assert.Equal(0, _near.Count);
    }

    [Fact]
    public async Task An_end_that_waited_for_its_leg_joins_it_with_one_that_is_open_already()
    {
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        var near = Prepare(a)!;
        Assert.Null(MediaLink.Of(a));
        Assert.Same(near, Prepare(a));
        var far = MediaLink.TryOpen(_far, b, IPAddress.Loopback, IPAddress.Loopback)!;
        far.Complete(near.Address, near.Key);
        Assert.True(MediaLink.TryJoin(a, near.Address, far.Address, far.Key));
        Assert.True(MediaLink.TryJoin(a, near.Address, far.Address, far.Key));
        Assert.Same(near, MediaLink.Of(a));
        Assert.Equal(2, _near.Count);
        Assert.Equal(440, await TonePassed(_alice, a, _bob, 0, 440));
        Assert.Equal(950, await TonePassed(_bob, b, _alice, 0, 950));
    }

    [Fact]
    public async Task Of_two_that_opened_an_end_towards_the_one_that_waits_only_the_one_that_was_joined_is_heard()
    {
        using var carol = new TestPhone();
        var (a, b) = Legs(AudioCodec.Pcmu, 0, AudioCodec.Pcmu, 0);
        var c = Leg(_far, carol, AudioCodec.Pcmu, 0);
        var near = Prepare(a)!;
        var (joined, other) = (MediaLink.TryOpen(_far, b, IPAddress.Loopback, IPAddress.Loopback)!, MediaLink.TryOpen(_far, c, IPAddress.Loopback, IPAddress.Loopback)!);
        joined.Complete(near.Address, near.Key);
        other.Complete(near.Address, near.Key);
        Assert.True(MediaLink.TryJoin(a, near.Address, joined.Address, joined.Key));

        using var limit = new CancellationTokenSource(TestPhone.Patience);
        while (near.Statistics.Drops.BadTag == 0)
        {
            await carol.Send(c.RtpPort, 0, new byte[160]);
            await Task.Delay(AudioCodecs.Frame, limit.Token);
        }
        Assert.Equal(0, near.Statistics.PacketsReceived);
        Assert.Equal(950, await TonePassed(_bob, b, _alice, 0, 950));
    }

    [Fact]
    public void An_end_that_waits_goes_when_its_leg_is_connected_otherwise_or_released_and_not_while_the_leg_is_played_to()
    {
        using var mix = _near.CreateMix();
        Action<MediaEndpoint>[] fates =
        [
            leg => leg.Release(),
            leg => leg.Echo(),
            leg => MediaEndpoint.Connect(leg, _near.TryAllocate()!),
            leg => MediaEndpoint.Connect(_near.TryAllocate()!, leg),
            leg => MediaLink.TryOpen(_near, leg, IPAddress.Loopback, IPAddress.Loopback),
            mix.Add,
        ];
        foreach (var fate in fates)
        {
            var leg = _near.TryAllocate()!;
            var link = Prepare(leg)!;
            leg.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
            leg.Disconnect();
            Assert.False(link.IsReleased);
            fate(leg);
            Assert.True(link.IsReleased);
            Assert.False(MediaLink.TryJoin(leg, link.Address, link.Address, link.Key));
        }
    }

    [Fact]
    public void An_end_that_joined_its_leg_goes_as_any_other_does()
    {
        var leg = _near.TryAllocate()!;
        var link = Prepare(leg)!;
        Assert.True(MediaLink.TryJoin(leg, link.Address, new IPEndPoint(IPAddress.Loopback, 9), link.Key));
        var next = Prepare(leg)!;
        Assert.NotSame(link, next);
        Assert.False(link.IsReleased);
        leg.Disconnect();
        Assert.True(link.IsReleased);
        leg.Release();
        Assert.True(next.IsReleased);
        Assert.Equal(0, _near.Count);
    }

    [Fact]
    public void A_leg_is_not_joined_by_an_end_of_another_name_nor_with_one_that_it_cannot_reach()
    {
        var leg = _near.TryAllocate()!;
        var link = Prepare(leg)!;
        var there = new IPEndPoint(IPAddress.Loopback, 9);
        Assert.False(MediaLink.TryJoin(leg, there, there, link.Key));
        Assert.False(MediaLink.TryJoin(leg, link.Address, new IPEndPoint(IPAddress.IPv6Loopback, 9), link.Key));
        Assert.True(MediaLink.TryJoin(leg, link.Address, there, link.Key));
        Assert.False(MediaLink.TryJoin(leg, link.Address, new IPEndPoint(IPAddress.Loopback, 11), link.Key));
    }

    [Fact]
    public void No_end_waits_for_a_leg_that_is_gone()
    {
        var leg = _near.TryAllocate()!;
        leg.Release();
        Assert.Null(Prepare(leg));
        Assert.Equal(0, _near.Count);
    }

    [Fact]
    public async Task Prepared_from_many_threads_while_the_leg_is_released_no_end_is_left()
    {
        for (var round = 0; round < 20; round++)
        {
            var leg = _near.TryAllocate()!;
            var preparing = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Prepare(leg))).ToArray();
            leg.Release();
            await Task.WhenAll(preparing);
            Assert.Equal(0, _near.Count);
        }
    }

    private MediaLink? Prepare(MediaEndpoint leg) => MediaLink.TryPrepare(_near, leg, IPAddress.Loopback, IPAddress.Loopback);

    private static MediaEndpoint Leg(MediaEngine engine, TestPhone phone, AudioCodec codec, byte payloadType)
    {
        var leg = engine.TryAllocate()!;
        leg.Apply(new LocalMedia(), phone.Describe(codec, payloadType));
        return leg;
    }

    private (MediaEndpoint Near, MediaEndpoint Far) Legs(AudioCodec near, byte nearType, AudioCodec far, byte farType) =>
        (Leg(_near, _alice, near, nearType), Leg(_far, _bob, far, farType));

    private (MediaLink Near, MediaLink Far) Join(MediaEndpoint a, MediaEndpoint b)
    {
        var near = MediaLink.TryOpen(_near, a, IPAddress.Loopback, IPAddress.Loopback)!;
        var far = MediaLink.TryOpen(_far, b, IPAddress.Loopback, IPAddress.Loopback)!;
        far.Complete(near.Address, near.Key);
        near.Complete(far.Address, far.Key);
        return (near, far);
    }

    /// <summary>Says it until it is heard: the first packets of a stream are on probation.</summary>
    private static async Task<(RtpHeader Header, byte[] Payload)> Passed(TestPhone from, MediaEndpoint leg, TestPhone to, byte payloadType, byte[] payload)
    {
        var hearing = to.Receive();
        while (!hearing.IsCompleted)
        {
            await from.Send(leg.RtpPort, payloadType, payload);
            await Task.WhenAny(hearing, Task.Delay(AudioCodecs.Frame));
        }

        return await hearing;
    }

    private static async Task<byte[]> NextEvent(TestPhone phone)
    {
        while (true)
        {
            var (header, payload) = await phone.Receive();
            if (header.PayloadType == 101)
                return payload;
        }
    }

    /// <summary>Says a tone, and gives the frequency that is heard: the strongest of a few.</summary>
    private static async Task<int> TonePassed(TestPhone from, MediaEndpoint leg, TestPhone to, byte payloadType, int frequency)
    {
        using var encoder = AudioCodec.Pcmu.CreateEncoder();
        using var stop = new CancellationTokenSource();
        var saying = Say();
        var heard = new List<short>();
        IAudioDecoder? decoder = null;
        // The first packets may be of what was said before.
        for (var i = 0; i < 40; i++)
        {
            var (header, payload) = await to.Receive();
            decoder ??= (header.PayloadType == 9 ? AudioCodec.G722 : AudioCodec.Pcmu).CreateDecoder();
            var samples = new short[1920];
            var count = decoder.Decode(payload, samples);
            if (i >= 15)
                heard.AddRange(samples.AsSpan(0, count));
        }

        var rate = decoder!.SampleRate;
        decoder.Dispose();
        await stop.CancelAsync();
        await saying;
        return new[] { 440, 600, 950, 1400 }.MaxBy(candidate => Sine.Amplitude(CollectionsMarshal.AsSpan(heard), candidate, rate));

        async Task Say()
        {
            var frame = new short[160];
            var payload = new byte[160];
            for (var sample = 0; !stop.IsCancellationRequested;)
            {
                for (var i = 0; i < frame.Length; i++, sample++)
                    frame[i] = (short)(8000 * Math.Sin(2 * Math.PI * frequency * sample / 8000));
                encoder.Encode(frame, payload);
                await from.Send(leg.RtpPort, payloadType, payload.ToArray());
                await Task.Delay(AudioCodecs.Frame, CancellationToken.None);
            }
        }
    }
}
